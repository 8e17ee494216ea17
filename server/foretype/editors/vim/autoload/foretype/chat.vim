" A conversation in a window of its own: the answer is written into it as it arrives.

let s:page = -1
let s:about = {}
let s:conversation = ''
let s:answers = 0
let s:running = {}

" The next question of the conversation, or the first one of a new one; `part` is what it is about.
function! foretype#chat#ask(is_anew, part, words) abort
  let l:about = bufnr() == s:page ? s:about : extend(#{buffer: bufnr()}, foretype#document())
  call foretype#tell(l:about.buffer)
  let s:about = l:about
  call foretype#chat#stop()
  if a:is_anew && bufexists(s:page)
    execute 'bwipeout!' s:page
  endif
  call s:open()
  call s:write('**' .. a:words .. "**\n\n")
  let s:answers += 1
  let l:params = #{partialResultToken: 'foretype-chat-' .. s:answers, text: a:words, uri: s:about.uri}
  if !empty(s:conversation)
    let l:params.conversation = s:conversation
  endif
  if has_key(a:part, 'range') && bufnr() != s:page
    let l:params.range = a:part.range
  endif
  call foretype#connected(s:about.buffer, {linter, details -> s:send(details.connection_id, l:params)})
endfunction

" Ends the answer that is being written; what there is of it stays.
function! foretype#chat#stop() abort
  if !empty(s:running)
    try
      call ale#lsp#Send(s:running.connection, [1, '$/cancelRequest', #{id: s:running.id}])
    catch /not initialized/  " The answer has ended with its server.
      let s:running = {}
    endtry
  endif
endfunction

function! s:send(connection, params) abort
  call ale#lsp#RegisterCallback(a:connection, function('s:hear'))
  let s:running = #{connection: a:connection, token: a:params.partialResultToken,
        \ id: ale#lsp#Send(a:connection, [0, 'foretype/chat', a:params])}
endfunction

function! s:hear(connection, message) abort
  if empty(s:running) || s:running.connection !=# a:connection
    return
  elseif get(a:message, 'method', '') ==# '$/progress' && a:message.params.token ==# s:running.token
    call s:piece(a:message.params.value)
  elseif !has_key(a:message, 'method') && get(a:message, 'id') == s:running.id
    let s:running = {}
    call s:ended(get(a:message, 'result', {}), get(get(a:message, 'error', {}), 'message', ''))
  endif
endfunction

function! s:piece(piece) abort
  if a:piece.kind ==# 'text'
    call s:write(a:piece.text)
  elseif a:piece.kind ==# 'note'
    call s:write("\n> " .. a:piece.text .. "\n")
  elseif a:piece.kind ==# 'tool'
    call s:write("\n> looked: " .. a:piece.text .. "\n\n")
  endif
endfunction

function! s:ended(result, refusal) abort
  let s:conversation = get(a:result, 'conversation', s:conversation)
  let l:problem = get(a:result, 'problem', a:refusal)
  if empty(l:problem) && get(a:result, 'finish', '') ==# 'cancelled'
    let l:problem = 'stopped'
  endif
  call s:write((empty(l:problem) ? '' : "\n\n> " .. l:problem) .. "\n\n")
endfunction

function! s:open() abort
  if !bufexists(s:page)
    let s:conversation = ''
    new
    let s:page = bufnr()
    setlocal buftype=nofile bufhidden=hide noswapfile filetype=markdown
    silent file Foretype\ chat
    wincmd p
  elseif empty(win_findbuf(s:page))
    execute 'sbuffer' s:page
    wincmd p
  endif
endfunction

" At the end, which is kept in sight where the cursor is elsewhere.
function! s:write(text) abort
  if !bufexists(s:page) | return | endif
  let [l:first; l:others] = split(a:text, "\n", 1)
  call setbufline(s:page, '$', getbufline(s:page, '$')[0] .. l:first)
  call appendbufline(s:page, '$', l:others)
  for l:window in filter(win_findbuf(s:page), {_, each -> each != win_getid()})
    call win_execute(l:window, 'normal! G')
  endfor
endfunction
