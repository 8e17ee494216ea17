-- Bytes of a line, as Neovim counts, and characters as the server counts.
local M = {}

local has_new_signatures = vim.fn.has('nvim-0.11') == 1

local function line_of(buf, row)
  return vim.api.nvim_buf_get_lines(buf, row, row + 1, false)[1] or ''
end

---The byte at which a position of the server's stands.
function M.byte(buf, position, encoding)
  local line = line_of(buf, position.line)
  if encoding == 'utf-8' then
    return math.min(position.character, #line)
  end
  if has_new_signatures then
    return vim.str_byteindex(line, encoding, position.character, false)
  end
  local ok, byte = pcall(vim.str_byteindex, line, position.character, encoding == 'utf-16')
  return ok and byte or #line
end

---The position, for the server, of a byte of a line.
function M.position(buf, row, byte, encoding)
  local line = line_of(buf, row)
  byte = math.min(byte, #line)
  local character = byte
  if encoding ~= 'utf-8' then
    if has_new_signatures then
      character = vim.str_utfindex(line, encoding, byte, false)
    else
      local utf32, utf16 = vim.str_utfindex(line, byte)
      character = encoding == 'utf-16' and utf16 or utf32
    end
  end
  return { line = row, character = character }
end

---These lines as a range, counted from 0, the last one included.
function M.lines(buf, first, last, encoding)
  return {
    start = { line = first, character = 0 },
    ['end'] = M.position(buf, last, math.huge, encoding),
  }
end

---What is selected now, while it is selected: whole lines as `lines` (counted from 1), else a `range`.
function M.selection(encoding)
  local mode = vim.fn.mode()
  if not mode:match('^[vV\22]') then
    return nil
  end
  local from, to = vim.fn.getpos('v'), vim.fn.getpos('.')
  if from[2] > to[2] or (from[2] == to[2] and from[3] > to[3]) then
    from, to = to, from
  end
  if mode ~= 'v' then
    return { lines = { from[2], to[2] } }
  end
  local line = line_of(0, to[2] - 1)
  local last = to[3] <= #line and to[3] + vim.str_utf_end(line, to[3]) or #line
  return {
    range = {
      start = M.position(0, from[2] - 1, from[3] - 1, encoding),
      ['end'] = M.position(0, to[2] - 1, last, encoding),
    },
  }
end

return M
