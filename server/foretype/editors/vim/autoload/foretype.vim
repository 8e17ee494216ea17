" Foretype in Vim 9.1, by way of ALE: ghost text while you type, and edits in words.
" ALE takes of an entry in its menu only what stands before the first bracket, so the entry is drawn here.

let s:ASK_AGAIN_MS = 120
let s:PATIENCE = 35  " which is the four seconds that a completion may take
let s:ghost = {}
let s:asked = 0

function! foretype#setup(types, program, arguments) abort
  for l:type in a:types
    call ale#linter#Define(l:type, #{
          \ name: 'foretype', lsp: 'stdio', executable: a:program,
          \ command: join(['%e'] + map(copy(a:arguments), 'ale#Escape(v:val)')),
          \ project_root: {buffer -> s:root(buffer)}})
  endfor
  let s:types = a:types
  highlight default link ForetypeGhost Comment
  silent! call prop_type_add('foretype', #{highlight: 'ForetypeGhost'})
  augroup foretype
    autocmd!
    autocmd FileType,BufWinEnter * call s:open()
    autocmd TextChangedI * call s:typed()
    autocmd CursorMovedI,InsertLeave * call s:moved()
  augroup END
  command! -range -nargs=1 ForetypeEdit call s:edit(<line1>, <line2>, <q-args>)
  command! -range ForetypeExplain call s:explain(<line1>, <line2>)
  command! -bang -range -nargs=1 ForetypeChat
        \ call foretype#chat#ask(<bang>0, <range> ? foretype#part(<line1>, <line2>) : {}, <q-args>)
  command! ForetypeStop call foretype#chat#stop()
  call s:open()
endfunction

" What a key is mapped to: the ghost text in an undo step of its own, or the key where there is none.
" By <Cmd>, for Vim looks at an <expr> while the key before it is not in the text yet.
function! foretype#accept(key) abort
  let l:keys = a:key
  if s:is_here()
    let s:taken = s:ghost.text
    let l:keys = "\<C-g>u\<C-r>\<C-o>=foretype#taken()\<CR>" .. repeat("\<Del>", s:ghost.tail)
    call s:request('workspace/executeCommand', s:ghost.command, {answer -> 0})
  endif
  call s:clear()
  call feedkeys(l:keys, 'in')
endfunction

function! foretype#taken() abort
  return s:taken
endfunction

function! s:root(buffer) abort
  let l:git = finddir('.git', fnamemodify(bufname(a:buffer), ':p:h') .. ';')
  return empty(l:git) ? fnamemodify(bufname(a:buffer), ':p:h') : fnamemodify(l:git, ':p:h:h')
endfunction

function! s:is_ours() abort
  return index(s:types, &filetype) >= 0 && empty(&buftype) && !empty(bufname())
endfunction

function! s:open() abort
  if s:is_ours()
    call foretype#connected(bufnr(), {linter, details -> 0})
  endif
endfunction

" Calls back once the server is there that serves this buffer.
function! foretype#connected(buffer, done) abort
  let l:linters = ale#linter#GetAll([getbufvar(a:buffer, '&filetype')])
  let l:linter = filter(copy(l:linters), {_, each -> each.name ==# 'foretype'})[0]
  call ale#lsp_linter#StartLSP(a:buffer, l:linter, a:done)
endfunction

function! s:typed() abort
  call s:clear()
  if s:is_ours()
    let s:asked += 1
    call s:ask(s:asked, s:PATIENCE)
  endif
endfunction

" Comes ahead of s:typed: an answer for the place that the cursor left is not waited for.
function! s:moved() abort
  if !s:is_here()
    let s:asked += 1
    call s:clear()
  endif
endfunction

function! s:is_here() abort
  return !empty(s:ghost) && s:ghost.buffer == bufnr() && s:ghost.at == [line('.'), col('.')] && mode() ==# 'i'
endfunction

function! s:clear() abort
  if !empty(s:ghost) && bufexists(s:ghost.buffer)
    call prop_remove(#{type: 'foretype', bufnr: s:ghost.buffer, all: 1})
  endif
  let s:ghost = {}
endfunction

" A menu is answered at once, with what is known by then: it is asked again until the model has written.
function! s:ask(number, patience) abort
  if a:number != s:asked || a:patience == 0 || mode() !=# 'i' | return | endif
  let l:before = strpart(getline('.'), 0, col('.') - 1)
  call s:request('textDocument/completion', #{
        \ textDocument: foretype#document(),
        \ position: #{line: line('.') - 1, character: strutf16len(l:before)}},
        \ {answer -> s:answered(a:number, a:patience, answer)})
endfunction

function! s:answered(number, patience, answer) abort
  if a:number != s:asked || mode() !=# 'i' || type(get(a:answer, 'result')) != v:t_dict | return | endif
  let l:line = getline('.')
  let l:before = strpart(l:line, 0, col('.') - 1)
  for l:item in a:answer.result.items
    let l:typed = strpart(l:before, s:bytes(l:line, l:item.textEdit.range.start.character))
    if strpart(l:item.textEdit.newText, 0, len(l:typed)) ==# l:typed
      return s:show(strpart(l:item.textEdit.newText, len(l:typed)), l:item)
    endif
  endfor
  call timer_start(s:ASK_AGAIN_MS, {-> s:ask(a:number, a:patience - 1)})
endfunction

function! s:show(text, item) abort
  if empty(a:text) | return | endif
  let l:end = s:bytes(getline('.'), a:item.textEdit.range.end.character)
  let s:ghost = #{buffer: bufnr(), at: [line('.'), col('.')], text: a:text, command: a:item.command,
        \ tail: strchars(strpart(getline('.'), col('.') - 1, l:end - col('.') + 1))}
  let l:lines = split(substitute(a:text, "\t", repeat(' ', &tabstop), 'g'), "\n", 1)
  if !empty(l:lines[0])  " which Vim 9.2 draws as some bytes of other text
    call prop_add(line('.'), col('.'), #{type: 'foretype', text: l:lines[0]})
  endif
  for l:line in l:lines[1:]
    call prop_add(line('.'), 0, #{type: 'foretype', text: empty(l:line) ? ' ' : l:line, text_align: 'below'})
  endfor
endfunction

function! s:edit(first, last, words) abort
  echo 'Foretype: ' .. a:words .. ' …'
  let l:wish = #{uri: foretype#document().uri, lines: [a:first, a:last], instruction: a:words, preview: v:true}
  let [l:buffer, l:tick] = [bufnr(), b:changedtick]
  call s:request('workspace/executeCommand', #{command: 'foretype.edit', arguments: [l:wish]},
        \ {answer -> s:edited(l:buffer, l:tick, answer)})
endfunction

" Whole lines are written, from the last to the first, in one step that one undo takes back.
function! s:edited(buffer, tick, answer) abort
  let l:result = get(a:answer, 'result', {})
  if type(get(l:result, 'proposal')) != v:t_dict
    return s:refused(a:answer)
  elseif getbufvar(a:buffer, 'changedtick') != a:tick
    echo 'Foretype: the text has changed meanwhile, so nothing was.'
    return
  endif
  for l:hunk in reverse(copy(l:result.proposal.hunks))
    let [l:first, l:last] = [l:hunk.range.start, l:hunk.range.end]
    let l:lines = getbufline(a:buffer, l:first.line + 1, l:last.line + 1) + ['']
    let l:before = strpart(l:lines[0], 0, s:bytes(l:lines[0], l:first.character))
    let l:end = l:lines[l:last.line - l:first.line]
    let l:new = split(l:before .. l:hunk.text .. strpart(l:end, s:bytes(l:end, l:last.character)), "\n", 1)
    if l:last.line >= len(getbufline(a:buffer, 1, '$')) && empty(l:new[-1])
      call remove(l:new, -1)
    endif
    call appendbufline(a:buffer, l:first.line, l:new)
    silent call deletebufline(a:buffer, l:first.line + 1 + len(l:new), l:last.line + 1 + len(l:new))
  endfor
  echo ''
endfunction

function! s:explain(first, last) abort
  echo 'Foretype: explaining …'
  let l:argument = foretype#part(a:first, a:last)
  call s:request('workspace/executeCommand', #{command: 'foretype.explain', arguments: [l:argument]},
        \ {answer -> s:explained(answer)})
endfunction

function! s:explained(answer) abort
  let l:text = get(get(a:answer, 'result', {}), 'text', '')
  if empty(l:text) | return s:refused(a:answer) | endif
  new
  setlocal buftype=nofile bufhidden=wipe noswapfile filetype=markdown
  call setline(1, split(l:text, "\n", 1))
  echo ''
endfunction

function! s:refused(answer) abort
  let l:problem = get(get(a:answer, 'error', {}), 'message', 'no answer')
  echo 'Foretype: ' .. get(get(a:answer, 'result', {}), 'problem', l:problem)
endfunction

" LSP counts in the units of UTF-16 where a client says nothing else, as ALE does.
function! s:bytes(line, units) abort
  return byteidx(a:line, charidx(a:line, a:units, 0, 1))
endfunction

function! foretype#document() abort
  return #{uri: ale#util#ToURI(expand('%:p'))}
endfunction

function! foretype#part(first, last) abort
  let l:end = #{line: a:last - 1, character: strutf16len(getline(a:last))}
  return extend(foretype#document(), #{range: #{start: #{line: a:first - 1, character: 0}, end: l:end}})
endfunction

" ALE itself tells of the text only when it checks a file.
function! foretype#tell(buffer) abort
  let l:tick = getbufvar(a:buffer, 'changedtick')
  if getbufvar(a:buffer, 'foretype_told') != l:tick
    call setbufvar(a:buffer, 'foretype_told', l:tick)
    call ale#lsp_linter#SendRequest(a:buffer, 'foretype', ale#lsp#message#DidChange(a:buffer))
  endif
endfunction

function! s:request(method, params, done) abort
  call foretype#tell(bufnr())
  call ale#lsp_linter#SendRequest(bufnr(), 'foretype', [0, a:method, a:params], a:done)
endfunction
