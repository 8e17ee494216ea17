" Foretype over ALE: ghost text, and edits by :ForetypeEdit. Over yegappan/lsp or vim-lsp: in the menu.
augroup foretype_start
  autocmd!
  autocmd VimEnter * call s:over_ale()
  autocmd User LspSetup call LspAddServer([#{name: 'foretype', filetype: $types, path: $program, args: $arguments}])
  autocmd User lsp_setup call lsp#register_server({'name': 'foretype', 'cmd': $command, 'allowlist': ['*']})
augroup END

function! s:over_ale() abort
  if !exists('g:loaded_ale') || !has('patch-9.1.0') | return | endif
  call foretype#setup($types, $program, $arguments)
  " A key that does something already is left alone.
  if empty(maparg('<Tab>', 'i'))
    inoremap <silent> <Tab> <Cmd>call foretype#accept("\<lt>Tab>")<CR>
  endif
endfunction
