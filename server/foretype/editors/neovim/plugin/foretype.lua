-- The command :Foretype. Nothing else happens before require('foretype').setup() is called.
if vim.g.loaded_foretype or vim.fn.has('nvim-0.10') == 0 then
  return
end
vim.g.loaded_foretype = true

vim.api.nvim_create_user_command('Foretype', function(call)
  require('foretype.command').run(call)
end, {
  nargs = '*',
  range = true,
  desc = 'What Foretype can do: see :help foretype-commands',
  complete = function(word, line)
    return require('foretype.command').complete(word, line)
  end,
})
