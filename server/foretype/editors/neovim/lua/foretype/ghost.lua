-- Ghost text: what the server suggests, drawn behind the cursor until it is taken, typed or wrong.
local M = {}

local api = vim.api
local server = require('foretype.server')
local position = require('foretype.position')

local METHOD = 'textDocument/inlineCompletion'
local INVOKED, AUTOMATIC = 1, 2
local space = api.nvim_create_namespace('foretype.ghost')

local shown = nil ---@type table? where the suggestions begin, which there are, and which of them is drawn
local running = nil ---@type table? the request whose answer is wanted
local instead = nil ---@type string? the key that was to take a suggestion, for when there is none after all
local entered = 0 -- counts how often ghost text was left, so that coming back asks again
local turn = 0 -- counts what happened in the editor: an answer to an earlier turn comes too late

local function is_inserting()
  return api.nvim_get_mode().mode:sub(1, 1) == 'i'
end

local function line_after(buf, row, column)
  return (api.nvim_buf_get_lines(buf, row, row + 1, false)[1] or ''):sub(column + 1)
end

---What is still to be typed of the suggestion, and where; nil as soon as anything else was done.
local function left()
  if not shown or shown.buf ~= api.nvim_get_current_buf() then
    return nil
  end
  local item = shown.items[shown.index]
  local row, column = unpack(api.nvim_win_get_cursor(0))
  row = row - 1
  if row < item.row or (row == item.row and column < item.column) then
    return nil
  end
  local ok, typed = pcall(api.nvim_buf_get_text, 0, item.row, item.column, row, column, {})
  typed = ok and table.concat(typed, '\n') or nil
  if not typed or #typed >= #item.text or not vim.startswith(item.text, typed) then
    return nil
  end
  if line_after(shown.buf, row, column) ~= shown.after then
    return nil
  end
  return item.text:sub(#typed + 1), row, column, item
end

local function clear()
  if shown and api.nvim_buf_is_valid(shown.buf) then
    api.nvim_buf_clear_namespace(shown.buf, space, 0, -1)
  end
  shown = nil
end

---What of the first line is drawn, and whether over the text that it replaces.
local function fitted(first, tail)
  local replaced = shown.after:sub(1, tail)
  if tail > 0 and vim.endswith(first, replaced) then
    return first:sub(1, #first - tail), 'inline' -- that much stands there already
  end
  return first, tail > 0 and 'overlay' or 'inline'
end

---Draw what is left; false where nothing is, and then nothing stays drawn.
local function draw()
  local text, row, column, item = left()
  if not text then
    clear()
    return false
  end
  local lines = vim.split(text, '\n', { plain = true })
  local first, how = lines[1], 'inline'
  if #lines == 1 then
    first, how = fitted(lines[1], item.tail)
  end
  local number = #shown.items > 1 and (' (%d/%d)'):format(shown.index, #shown.items) or nil
  local below = {}
  for index = 2, #lines do
    below[#below + 1] = { { lines[index], 'ForetypeGhost' } }
  end
  api.nvim_buf_clear_namespace(shown.buf, space, 0, -1)
  api.nvim_buf_set_extmark(shown.buf, space, row, column, {
    virt_text = { { first, 'ForetypeGhost' }, number and { number, 'ForetypeGhostCount' } or nil },
    virt_text_pos = how,
    virt_lines = below,
    hl_mode = 'combine',
  })
  return true
end

local function stop_asking()
  if running then
    server.cancel(running.client, running.id)
    running = nil
  end
end

---The server's item in bytes of this buffer; nil where it is none that can be drawn.
local function item_of(answer, buf, cursor, encoding)
  local text = answer.insertText
  if type(text) ~= 'string' or text == '' then
    return nil
  end
  local item = { text = text, row = cursor[1], column = cursor[2], tail = 0, command = answer.command }
  if answer.range then
    local from, to = answer.range.start, answer.range['end']
    if to.line ~= cursor[1] or from.line ~= cursor[1] then
      return nil
    end
    item.column = position.byte(buf, from, encoding)
    item.tail = math.max(0, position.byte(buf, to, encoding) - cursor[2])
  end
  return item
end

local function show(answers, buf, cursor, encoding, is_more)
  local items = is_more and shown and shown.items or {}
  local known = {}
  for _, item in ipairs(items) do
    known[item.text] = true
  end
  for _, answer in ipairs(answers) do
    local item = item_of(answer, buf, cursor, encoding)
    if item and not known[item.text] then
      items[#items + 1], known[item.text] = item, true
    end
  end
  if #items == 0 then
    return clear()
  end
  local index = is_more and shown and math.min(shown.index, #items) or 1
  shown = { buf = buf, items = items, index = index, after = line_after(buf, cursor[1], cursor[2]) }
  draw()
end

---Ask what may follow here. The older request is cancelled after the new one has gone: the model that writes
---for it may be the one that answers this one too.
local function ask(kind, then_do)
  local buf = api.nvim_get_current_buf()
  local client = server.client(buf)
  local older = running
  running = nil
  if client and client.server_capabilities.inlineCompletionProvider then
    local row, column = unpack(api.nvim_win_get_cursor(0))
    local cursor, asked_in, encoding = { row - 1, column }, turn, client.offset_encoding
    local asked_of = api.nvim_buf_get_changedtick(buf)
    local request = { client = client }
    request.id = server.request(client, METHOD, {
      textDocument = { uri = vim.uri_from_bufnr(buf) },
      position = position.position(buf, row - 1, column, encoding),
      context = { triggerKind = kind },
    }, function(problem, answer)
      if running == request then
        running = nil
      end
      if asked_in ~= turn or not is_inserting() or problem then
        return
      end
      -- A key may be in the text whose turn has not come: what it makes of the answer is asked for then.
      if api.nvim_get_current_buf() ~= buf or api.nvim_buf_get_changedtick(buf) ~= asked_of then
        return
      end
      local answers = type(answer) == 'table' and (answer.items or answer) or {}
      show(answers, buf, cursor, encoding, kind == INVOKED)
      if then_do then
        then_do()
      end
    end, buf)
    running = request.id and request or nil
  end
  if older then
    server.cancel(older.client, older.id)
  end
end

---Something was typed or the cursor moved: what still fits stays drawn while the server is asked again.
local function follow()
  turn = turn + 1
  draw()
  ask(AUTOMATIC)
end

local function leave()
  entered = entered + 1
  turn = turn + 1
  stop_asking()
  clear()
end

function M.is_shown()
  return left() ~= nil
end

---The keys that take the suggestion, for a mapping with `expr`; nil where none is shown. Neovim may ask while a
---key that was typed before is still on its way into the text: what is left is looked at anew when they are run.
function M.keys_to_accept(part, otherwise)
  if not left() then
    return nil
  end
  instead = otherwise
  return ("<C-g>u<Cmd>lua require('foretype.ghost').take('%s')<CR>"):format(part)
end

-- Letters outside ASCII are bytes from 128.
local PARTS = {
  all = function(text)
    return text
  end,
  word = function(text)
    return text:match('^%s*[%w_\128-\255]+') or text:match('^%s*[^%w_%s\128-\255]+') or text
  end,
  line = function(text)
    return text:match('^\n?[^\n]*')
  end,
}

---Put the suggestion, or its next word or line, into the text.
function M.take(part)
  local text, row, column, item = left()
  if not text then
    if instead then
      api.nvim_feedkeys(vim.keycode(instead), 'ni', false)
    end
    return
  end
  local taken = PARTS[part](text)
  local is_whole = taken == text
  local tail = is_whole and item.tail or 0
  local lines = vim.split(taken, '\n', { plain = true })
  local client = server.client(shown.buf)
  api.nvim_buf_set_text(0, row, column, row, column + tail, lines)
  api.nvim_win_set_cursor(0, { row + #lines, (#lines == 1 and column or 0) + #lines[#lines] })
  if not is_whole then
    return draw()
  end
  clear()
  if item.command and client then
    server.execute(client, item.command.command, (item.command.arguments or {})[1])
  end
end

---Show another suggestion; where there is only one, the server is asked for more.
function M.cycle(step)
  local function turn_on()
    if shown and #shown.items > 1 then
      shown.index = (shown.index - 1 + step) % #shown.items + 1
      draw()
    end
  end
  if shown and #shown.items > 1 then
    return turn_on()
  end
  turn = turn + 1
  ask(INVOKED, turn_on)
end

---Take the suggestion away, and tell the server that it was not wanted.
function M.dismiss()
  local _, _, _, item = left()
  local client = server.client()
  leave()
  if item and item.command and client then
    server.execute(client, 'foretype.rejected', (item.command.arguments or {})[1])
  end
end

function M.setup()
  api.nvim_set_hl(0, 'ForetypeGhost', { link = 'NonText', default = true })
  api.nvim_set_hl(0, 'ForetypeGhostCount', { link = 'Comment', default = true })
  local group = api.nvim_create_augroup('foretype.ghost', {})
  local last = nil
  api.nvim_create_autocmd({ 'InsertEnter', 'TextChangedI', 'CursorMovedI', 'CompleteDone' }, {
    group = group,
    -- Scheduled: keys that came at once are one question, asked where the cursor is after the last of them.
    callback = vim.schedule_wrap(function()
      local at = api.nvim_win_get_cursor(0)
      local buf = api.nvim_get_current_buf()
      local now = { buf, api.nvim_buf_get_changedtick(buf), at[1], at[2], entered }
      if is_inserting() and vim.fn.pumvisible() == 0 and not vim.deep_equal(now, last) then
        last = now
        follow()
      end
    end),
  })
  -- The menu of completions and ghost text would show two futures at once.
  api.nvim_create_autocmd({ 'InsertLeave', 'BufLeave', 'WinLeave', 'TextChangedP' }, { group = group, callback = leave })
end

return M
