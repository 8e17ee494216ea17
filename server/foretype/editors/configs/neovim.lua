-- Foretype: ghost text, edits, chat. See :help foretype.
local foretype = require('foretype')
foretype.setup({ cmd = $command })

-- Keys that already do something are left alone.
local function map(modes, key, action, options)
  for _, mode in ipairs(modes) do
    if vim.fn.maparg(key, mode) == '' then
      vim.keymap.set(mode, key, action, options)
    end
  end
end
-- Where nothing is suggested such a key does what it did before.
local function accept(part, key)
  local before = vim.fn.maparg(key, 'i', false, true)
  local otherwise = before.expr == 1 and before.callback or function() return key end
  if vim.tbl_isempty(before) or before.expr == 1 and before.callback then
    vim.keymap.set('i', key, function() return foretype.accept(part, key) or otherwise() end, { expr = true })
  end
end
accept('all', '<Tab>')
accept('word', '<M-Right>')
accept('line', '<M-Down>')
map({ 'i' }, '<M-]>', foretype.next)
map({ 'i' }, '<C-]>', foretype.dismiss)
map({ 'n', 'x' }, '<C-k>', function() foretype.edit() end)
map({ 'n', 'x' }, '<leader>fc', function() foretype.chat() end)
