-- :Foretype and what it can be followed by.
local M = {}

local server = require('foretype.server')

local function tell(problem, result)
  if problem then
    server.say(problem.message, vim.log.levels.ERROR)
  elseif type(result) == 'table' and result.problem and result.problem ~= '' then
    server.say(result.problem, vim.log.levels.WARN)
  end
end

local function lines_of(call)
  return call.range > 0 and { call.line1, call.line2 } or nil
end

local function say_status(problem, result)
  if problem then
    return tell(problem)
  end
  local words = { result.state }
  for role, each in pairs(result.roles or {}) do
    if each.model ~= '' then
      words[#words + 1] = role .. ': ' .. each.model
    end
  end
  if result.problem and result.problem ~= '' then
    words[#words + 1] = result.problem
  end
  server.say(table.concat(words, '; '))
end

local function command(name, done)
  return function(words)
    local client = server.need_client()
    if client then
      server.execute(client, name, name == 'foretype.toggle' and words ~= '' and { language = words } or nil, done or tell)
    end
  end
end

local ACTIONS = {
  edit = function(words, call)
    require('foretype.edit').edit({ lines = lines_of(call), instruction = words })
  end,
  propose = function(words, call)
    require('foretype.edit').edit({ lines = lines_of(call), instruction = words, preview = true })
  end,
  again = function(words)
    require('foretype.edit').again(words)
  end,
  explain = function(_, call)
    require('foretype.edit').explain(lines_of(call))
  end,
  actions = function(_, call)
    local lines = lines_of(call)
    vim.lsp.buf.code_action(lines and { range = { start = { lines[1], 0 }, ['end'] = { lines[2], 0 } } } or nil)
  end,
  chat = function(words, call)
    require('foretype.chat').ask({ question = words, lines = lines_of(call) })
  end,
  ['new-chat'] = function(words, call)
    require('foretype.chat').begin_anew()
    require('foretype.chat').ask({ question = words, lines = lines_of(call) })
  end,
  stop = function()
    require('foretype').stop()
  end,
  status = command('foretype.status', say_status),
  login = command('foretype.login'),
  logout = command('foretype.logout'),
  toggle = command('foretype.toggle', say_status),
  restart = function()
    server.restart()
  end,
  health = function()
    vim.cmd.checkhealth('foretype')
  end,
}

function M.run(call)
  local name, words = call.args:match('^(%S*)%s*(.*)$')
  local action = ACTIONS[name == '' and 'status' or name]
  if not action then
    return server.say("there is no ':Foretype " .. name .. "'; :help foretype-commands", vim.log.levels.ERROR)
  end
  action(words, call)
end

function M.complete(word, line)
  local typed = line:match('Foretype!?%s+(.*)$') or ''
  if typed:find('%s') then
    return typed:match('^toggle%s') and vim.bo.filetype ~= '' and { vim.bo.filetype } or {}
  end
  local names = vim.tbl_filter(function(name)
    return vim.startswith(name, word)
  end, vim.tbl_keys(ACTIONS))
  table.sort(names)
  return names
end

return M
