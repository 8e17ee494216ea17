-- Edits that are asked for in a sentence: the new text is shown while it is written, and applied as one change.
local M = {}

local api = vim.api
local server = require('foretype.server')
local position = require('foretype.position')

local space = api.nvim_create_namespace('foretype.edit')
local MOST_LINES = 30
local running = nil ---@type table? the edit that is being written
local last = nil ---@type table? the last one that was made: its buffer, its id, whether it was only proposed

local function leave_visual_mode()
  if vim.fn.mode():match('^[vV\22]') then
    api.nvim_feedkeys(vim.keycode('<Esc>'), 'nx', false)
  end
end

---The region of an edit, as the server takes it: lines that are named, what is selected, else the block here.
local function region(lines, encoding)
  if lines then
    return { lines = lines }
  end
  local selected = position.selection(encoding)
  leave_visual_mode()
  if selected then
    return selected
  end
  local row, column = unpack(api.nvim_win_get_cursor(0))
  return { position = position.position(0, row - 1, column, encoding) }
end

local function last_row(wish)
  if wish.lines then
    return wish.lines[2] - 1
  end
  return wish.range and wish.range['end'].line or wish.position and wish.position.line or 0
end

---The new text below what it will replace, as far as it is written.
local function preview(edit, text)
  local lines, drawn = vim.split(text, '\n', { plain = true }), {}
  for index = math.max(1, #lines - MOST_LINES + 1), #lines do
    drawn[#drawn + 1] = { { lines[index], 'ForetypeEdit' } }
  end
  local row = math.min(edit.row, api.nvim_buf_line_count(edit.buf) - 1)
  edit.mark = api.nvim_buf_set_extmark(edit.buf, space, row, 0, { id = edit.mark, virt_lines = drawn })
end

local function finish(edit)
  server.forget(edit.token)
  if running == edit then
    running = nil
  end
  if api.nvim_buf_is_valid(edit.buf) and edit.mark then
    api.nvim_buf_del_extmark(edit.buf, space, edit.mark)
  end
end

local function send(client, buf, wish)
  M.stop()
  local edit = { buf = buf, client = client, row = last_row(wish) }
  edit.token = server.listen(function(piece)
    if running == edit and api.nvim_buf_is_valid(buf) and type(piece) == 'table' and piece.text then
      preview(edit, piece.text)
    end
  end)
  running = edit
  wish.uri, wish.token = vim.uri_from_bufnr(buf), edit.token
  edit.id = server.execute(client, 'foretype.edit', wish, function(problem, result)
    finish(edit)
    if problem then
      if problem.code ~= -32800 then -- the user cancelled it, and knows
        server.say(problem.message, vim.log.levels.ERROR)
      end
    elseif result.problem and result.problem ~= '' then
      server.say(result.problem, vim.log.levels.WARN)
    else
      last = { buf = buf, id = result.id, preview = wish.preview }
      if wish.preview then
        require('foretype.review').open(buf, result.proposal.hunks, client.offset_encoding)
      end
    end
  end, buf)
end

local function with_instruction(given, go)
  if given and given ~= '' then
    return go(given)
  end
  vim.ui.input({ prompt = 'Foretype: ' }, function(written)
    if written and vim.trim(written) ~= '' then
      go(written)
    end
  end)
end

---@param how { lines?: integer[], instruction?: string, preview?: boolean } with `preview` it is only proposed
function M.edit(how)
  local buf = api.nvim_get_current_buf()
  local client = server.need_client(buf)
  if client then
    local wish = region(how.lines, client.offset_encoding)
    with_instruction(how.instruction, function(instruction)
      wish.instruction, wish.preview = instruction, how.preview
      send(client, buf, wish)
    end)
  end
end

function M.again(instruction)
  if not last or not api.nvim_buf_is_valid(last.buf) then
    return server.say('there is no edit yet that could be done again', vim.log.levels.WARN)
  end
  local client = server.need_client(last.buf)
  if client then
    send(client, last.buf, { follows = last.id, instruction = instruction or '', preview = last.preview })
  end
end

function M.explain(lines)
  local buf = api.nvim_get_current_buf()
  local client = server.need_client(buf)
  if not client then
    return
  end
  local encoding = client.offset_encoding
  local selected = not lines and position.selection(encoding) or nil
  leave_visual_mode()
  lines = lines or selected and selected.lines
  local row = api.nvim_win_get_cursor(0)[1]
  local first, last_line = row, row
  if lines then
    first, last_line = lines[1], lines[2]
  end
  local range = selected and selected.range or position.lines(buf, first - 1, last_line - 1, encoding)
  server.execute(client, 'foretype.explain', { uri = vim.uri_from_bufnr(buf), range = range }, function(problem)
    if problem then
      server.say(problem.message, vim.log.levels.ERROR)
    end
  end, buf)
end

function M.is_running()
  return running ~= nil
end

---Stop the edit that is being written; the server stops its model, and changes nothing.
function M.stop()
  if running then
    local edit = running
    if edit.id then
      server.cancel(edit.client, edit.id)
    end
    finish(edit)
  end
end

api.nvim_set_hl(0, 'ForetypeEdit', { link = 'DiffAdd', default = true })

return M
