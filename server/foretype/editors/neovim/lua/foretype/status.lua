-- What the server says of itself, for a status line.
local M = {}

local MARKS = { idle = '', thinking = '…', offline = ' offline', limited = ' limited', off = ' off' }
local states = {} ---@type table<integer, table> of each client

function M.heard(client_id, status)
  states[client_id] = status
  vim.api.nvim_exec_autocmds('User', { pattern = 'ForetypeStatus', modeline = false })
  vim.cmd.redrawstatus()
end

function M.forget(client_id)
  states[client_id] = nil
end

---The last status of the server of a buffer, as it was sent: see `Status` in the server's protocol.
function M.last(buf)
  local client = require('foretype.server').client(buf)
  return client and states[client.id] or nil
end

function M.line()
  if not require('foretype.server').client() then
    return ''
  end
  local status = M.last()
  local problem = status and status.problem ~= '' and status.problem and ' !' or ''
  return 'foretype' .. (status and MARKS[status.state] or '') .. problem
end

return M
