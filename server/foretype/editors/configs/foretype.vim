" Foretype for yegappan/lsp or vim-lsp, whichever is installed.
augroup foretype
  autocmd!
  autocmd User LspSetup call LspAddServer([#{name: 'foretype', filetype: $types, path: $program, args: $arguments}])
  autocmd User lsp_setup call lsp#register_server({'name': 'foretype', 'cmd': $command, 'allowlist': ['*']})
augroup END
