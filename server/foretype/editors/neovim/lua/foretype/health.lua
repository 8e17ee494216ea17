-- :checkhealth foretype
local M = {}

local health = vim.health
local server = require('foretype.server')

---Wait until a server answers; for `foretype setup`, which runs this in a Neovim that nobody sees.
function M.server_starts(patience_ms)
  local options = server.options()
  if not options then
    return false, "require('foretype').setup() was not called"
  end
  local buf = vim.api.nvim_create_buf(true, false)
  vim.api.nvim_set_current_buf(buf)
  vim.bo[buf].filetype = options.filetypes and options.filetypes[1] or 'python'
  server.start(buf)
  local came = vim.wait(patience_ms, function()
    local client = server.client(buf)
    return client ~= nil and client.initialized == true
  end, 20)
  return came, came and 'the server answers' or 'the server did not answer'
end

local function check_command(options)
  local program = options.cmd[1]
  if vim.fn.executable(program) == 0 then
    return health.error(("'%s' cannot be run"):format(program), {
      'pip install foretype, or name the program: require("foretype").setup({ cmd = { "/path/to/foretype", "lsp" } })',
    })
  end
  health.ok(('the server is %s'):format(vim.fn.exepath(program)))
end

local function check_clients()
  local clients = vim.lsp.get_clients({ name = server.NAME })
  if #clients == 0 then
    return health.info('no server runs; open a file that it serves')
  end
  for _, client in ipairs(clients) do
    local info = client.server_info or {}
    health.ok(('%s %s serves %s'):format(info.name or server.NAME, info.version or '', client.root_dir or 'single files'))
  end
  if vim.tbl_get(vim.lsp, 'inline_completion', 'is_enabled') and vim.lsp.inline_completion.is_enabled() then
    health.warn('vim.lsp.inline_completion is enabled as well', {
      'Suggestions are drawn twice: leave it out, or call setup({ ghost_text = false }).',
    })
  end
end

local function check_status()
  for _, client in ipairs(vim.lsp.get_clients({ name = server.NAME })) do
    local buf = next(client.attached_buffers or {})
    local status = buf and require('foretype.status').last(buf)
    if status then
      for role, each in vim.spairs(status.roles or {}) do
        if each.model ~= '' then
          health.info(('%s is answered by %s (%s)'):format(role, each.model, each.reason))
        end
      end
      if status.problem and status.problem ~= '' then
        health.warn(status.problem)
      end
    end
  end
end

function M.check()
  health.start('foretype')
  if vim.fn.has('nvim-0.10') == 0 then
    return health.error('Neovim 0.10 or newer is needed')
  end
  health.ok('Neovim ' .. tostring(vim.version()))
  local options = server.options()
  if not options then
    return health.error("require('foretype').setup() was not called", { 'call it in your init.lua' })
  end
  check_command(options)
  check_clients()
  check_status()
end

return M
