-- A conversation in a split: the answer is written into it as it arrives.
local M = {}

local api = vim.api
local server = require('foretype.server')
local position = require('foretype.position')

local page = nil ---@type integer? the buffer that the conversation stands in
local conversation = nil ---@type string?
local running = nil ---@type table? the answer that is being written

local function write(text)
  if not page or not api.nvim_buf_is_valid(page) then
    return
  end
  local row = api.nvim_buf_line_count(page) - 1
  local column = #(api.nvim_buf_get_lines(page, row, row + 1, false)[1] or '')
  vim.bo[page].modifiable = true
  api.nvim_buf_set_text(page, row, column, row, column, vim.split(text, '\n', { plain = true }))
  vim.bo[page].modifiable = false
  local end_row = api.nvim_buf_line_count(page)
  for _, window in ipairs(vim.fn.win_findbuf(page)) do
    if window ~= api.nvim_get_current_win() then
      api.nvim_win_set_cursor(window, { end_row, 0 })
    end
  end
end

local function open_page()
  if not page or not api.nvim_buf_is_valid(page) then
    page = api.nvim_create_buf(false, true)
    api.nvim_buf_set_name(page, 'foretype://chat')
    vim.bo[page].bufhidden = 'hide'
    vim.bo[page].filetype = 'markdown'
    vim.bo[page].modifiable = false
    conversation = nil
  end
  if #vim.fn.win_findbuf(page) == 0 then
    api.nvim_open_win(page, false, { split = 'right', win = 0 })
    for _, window in ipairs(vim.fn.win_findbuf(page)) do
      vim.wo[window].wrap = true
      vim.wo[window].linebreak = true
    end
  end
end

local function hear(piece)
  if piece.kind == 'text' then
    write(piece.text)
  elseif piece.kind == 'note' then
    write('\n> ' .. piece.text .. '\n')
  elseif piece.kind == 'tool' then
    write('\n> looked: ' .. piece.text .. '\n\n')
  end
end

local function ended(answer, problem, result)
  server.forget(answer.token)
  if running == answer then
    running = nil
  end
  if problem then
    return write('\n\n> ' .. (problem.code == -32800 and 'stopped' or problem.message) .. '\n')
  end
  conversation = result.conversation
  if result.problem and result.problem ~= '' then
    write('\n\n> ' .. result.problem .. '\n')
  elseif result.finish == 'cancelled' then
    write('\n\n> stopped\n')
  end
  write('\n\n')
end

---@param how { question?: string, lines?: integer[] }
function M.ask(how)
  local buf = api.nvim_get_current_buf()
  local asked_from = buf == page and vim.fn.win_getid(vim.fn.winnr('#')) or api.nvim_get_current_win()
  local about = buf == page and api.nvim_win_is_valid(asked_from) and api.nvim_win_get_buf(asked_from) or buf
  local client = server.need_client(about)
  if not client then
    return
  end
  local encoding = client.offset_encoding
  local selected = buf == about and position.selection(encoding) or nil
  local lines = how.lines or selected and selected.lines
  local range = lines and position.lines(about, lines[1] - 1, lines[2] - 1, encoding) or selected and selected.range
  local function go(question)
    M.stop()
    open_page()
    write('**' .. question .. '**\n\n')
    local answer = { client = client }
    answer.token = server.listen(hear)
    running = answer
    answer.id = server.request(client, 'foretype/chat', {
      partialResultToken = answer.token,
      conversation = conversation,
      text = question,
      uri = vim.uri_from_bufnr(about),
      range = range,
    }, function(problem, result)
      ended(answer, problem, result)
    end, about)
  end
  if how.question and how.question ~= '' then
    return go(how.question)
  end
  vim.ui.input({ prompt = 'Ask Foretype: ' }, function(written)
    if written and vim.trim(written) ~= '' then
      go(written)
    end
  end)
end

---Begin a new conversation with the next question.
function M.begin_anew()
  M.stop()
  conversation = nil
  if page and api.nvim_buf_is_valid(page) then
    api.nvim_buf_delete(page, { force = true })
  end
  page = nil
end

function M.is_running()
  return running ~= nil
end

function M.stop()
  if running and running.id then
    server.cancel(running.client, running.id)
  end
end

return M
