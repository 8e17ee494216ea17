-- An edit that is proposed: its text beside the user's, in Neovim's own diff, to be taken change by change.
local M = {}

local api = vim.api
local shown = nil ---@type { page: integer, buf: integer }? the proposal, and the buffer that it is for

local function copy_with(buf, hunks, encoding)
  local copy = api.nvim_create_buf(false, true)
  vim.bo[copy].fileformat, vim.bo[copy].eol = vim.bo[buf].fileformat, vim.bo[buf].eol
  api.nvim_buf_set_lines(copy, 0, -1, false, api.nvim_buf_get_lines(buf, 0, -1, false))
  local edits = vim.tbl_map(function(hunk)
    return { range = hunk.range, newText = hunk.text }
  end, hunks)
  vim.lsp.util.apply_text_edits(edits, copy, encoding)
  return copy
end

---A proposal is gone; its buffer is compared with nothing any more, unless with the next one.
local function over(old)
  if shown == old then
    shown = nil
  elseif shown and shown.buf == old.buf then
    return
  end
  for _, window in ipairs(vim.fn.win_findbuf(old.buf)) do
    api.nvim_win_call(window, function()
      vim.cmd.diffoff()
    end)
  end
end

---Close the proposal; what was taken of it stays.
function M.close()
  if shown and api.nvim_buf_is_valid(shown.page) then
    api.nvim_buf_delete(shown.page, { force = true })
  end
end

---@param buf integer
---@param hunks { range: table, text: string }[]
function M.open(buf, hunks, encoding)
  M.close()
  local window = vim.fn.win_findbuf(buf)[1]
  if not window then
    return
  end
  local page = copy_with(buf, hunks, encoding)
  local proposal = { page = page, buf = buf }
  shown = proposal
  vim.bo[page].bufhidden, vim.bo[page].syntax = 'wipe', vim.bo[buf].syntax
  api.nvim_buf_set_name(page, 'foretype://proposal')
  vim.keymap.set('n', 'q', M.close, { buffer = page, desc = 'close the proposal' })
  api.nvim_create_autocmd('BufWipeout', {
    buffer = page,
    once = true,
    callback = vim.schedule_wrap(function()
      over(proposal)
    end),
  })
  api.nvim_set_current_win(window)
  vim.cmd.diffthis()
  vim.cmd('rightbelow vertical sbuffer ' .. page)
  vim.cmd.diffthis()
  api.nvim_set_current_win(window)
  local first = hunks[1].range.start.line + 1
  api.nvim_win_set_cursor(window, { math.min(first, api.nvim_buf_line_count(buf)), 0 })
end

return M
