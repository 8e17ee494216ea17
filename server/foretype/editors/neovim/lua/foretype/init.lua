-- What a user's configuration calls; see :help foretype.
local M = {}

local DEFAULTS = {
  cmd = { 'foretype', 'lsp' },
  settings = {},
  filetypes = nil, -- every file type, unless these are named
  root_markers = { '.git', 'pyproject.toml', 'package.json', 'Cargo.toml', 'go.mod' },
  ghost_text = true,
}

---Start the server for every file that is edited, and show what it suggests. Maps no key.
function M.setup(options)
  options = vim.tbl_deep_extend('force', DEFAULTS, options or {})
  require('foretype.server').setup(options)
  if options.ghost_text then
    require('foretype.ghost').setup()
  end
end

---For a mapping with `expr`: the keys that take the suggestion, nil where none is shown.
---@param part? 'all'|'word'|'line'
---@param key? string the mapped key, for when the suggestion is gone before it is taken
function M.accept(part, key)
  return require('foretype.ghost').keys_to_accept(part or 'all', key)
end

function M.is_suggesting()
  return require('foretype.ghost').is_shown()
end

---Ask now, as somebody who wants to see more; shows the next suggestion where there are several.
function M.next()
  require('foretype.ghost').cycle(1)
end

function M.previous()
  require('foretype.ghost').cycle(-1)
end

function M.dismiss()
  require('foretype.ghost').dismiss()
end

---Rewrite the selection, or the block at the cursor, as a sentence says; asks for the sentence where none is given.
function M.edit(instruction)
  require('foretype.edit').edit({ instruction = instruction })
end

---The same, but shown beside the text, to be taken change by change.
function M.propose(instruction)
  require('foretype.edit').edit({ instruction = instruction, preview = true })
end

---Do the last edit again, in another way: 'shorter', 'with types'.
function M.again(instruction)
  require('foretype.edit').again(instruction)
end

function M.explain()
  require('foretype.edit').explain()
end

---Ask a question about the selection and the file; asks for it where none is given.
function M.chat(question)
  require('foretype.chat').ask({ question = question })
end

---Stop the edit and the answer that are being written, and close what is proposed.
function M.stop()
  require('foretype.review').close()
  require('foretype.edit').stop()
  require('foretype.chat').stop()
end

---A few words for a status line; empty where there is no server.
function M.status()
  return require('foretype.status').line()
end

return M
