-- The language server: started for the files that are edited, started again when it breaks down.
local M = {}

M.NAME = 'foretype'
local MOST_CRASHES, WITHIN_S, PAUSE_MS = 3, 60, 300
local is_new = vim.fn.has('nvim-0.11') == 1

local options = nil ---@type table?
local crashes = {} ---@type integer[]
local listeners = {} ---@type table<string, fun(value: any)>
local tokens = 0
local buffers = {} ---@type table<integer, table<integer, true>> of each client

function M.options()
  return options
end

---The client that serves a buffer.
function M.client(buf)
  return vim.lsp.get_clients({ bufnr = buf or vim.api.nvim_get_current_buf(), name = M.NAME })[1]
end

---The client of this buffer; where there is none the user is told.
function M.need_client(buf)
  local client = M.client(buf)
  if not client then
    M.say('no server serves this buffer; :checkhealth foretype says why', vim.log.levels.WARN)
  end
  return client
end

function M.say(sentence, level)
  vim.notify('Foretype: ' .. sentence, level or vim.log.levels.INFO)
end

-- Up to 0.10 a client's functions took no self.
function M.request(client, method, params, done, buf)
  local ok, id
  if is_new then
    ok, id = client:request(method, params, done, buf)
  else
    ok, id = client.request(method, params, done, buf)
  end
  return ok and id or nil
end

function M.cancel(client, id)
  if is_new then
    client:cancel_request(id)
  else
    client.cancel_request(id)
  end
end

function M.execute(client, command, argument, done, buf)
  local params = { command = command, arguments = argument ~= nil and { argument } or {} }
  return M.request(client, 'workspace/executeCommand', params, done or function() end, buf)
end

---A token whose $/progress is given to this function; `forget` it when the work is over.
function M.listen(hear)
  tokens = tokens + 1
  local token = 'foretype.nvim-' .. tokens
  listeners[token] = hear
  return token
end

function M.forget(token)
  listeners[token] = nil
end

local function handlers()
  return {
    ['$/progress'] = function(problem, params, context, config)
      local hear = listeners[params and params.token]
      if hear then
        return hear(params.value)
      end
      return vim.lsp.handlers['$/progress'](problem, params, context, config)
    end,
    ['workspace/applyEdit'] = function(problem, params, context, config)
      params.label = nil -- which Neovim 0.12 would print for each edit
      return vim.lsp.handlers['workspace/applyEdit'](problem, params, context, config)
    end,
    ['foretype/status'] = function(_, params, context)
      require('foretype.status').heard(context.client_id, params)
    end,
  }
end

local function capabilities()
  local able = vim.lsp.protocol.make_client_capabilities()
  able.textDocument.inlineCompletion = { dynamicRegistration = false }
  able.experimental = vim.tbl_extend('force', able.experimental or {}, { foretype = true })
  return able
end

local function is_served(buf)
  if not vim.api.nvim_buf_is_loaded(buf) or vim.bo[buf].buftype ~= '' then
    return false
  end
  local wanted = options.filetypes
  return not wanted or vim.tbl_contains(wanted, vim.bo[buf].filetype)
end

---Start the server for a buffer, or give the buffer to the one that runs for the same project.
function M.start(buf)
  if not options or not is_served(buf) then
    return
  end
  local settings = next(options.settings) and options.settings or vim.empty_dict()
  vim.lsp.start({
    name = M.NAME,
    cmd = options.cmd,
    root_dir = vim.fs.root(buf, options.root_markers),
    -- An edit of the server's then never meets a text that it does not know of yet.
    flags = { debounce_text_changes = 0 },
    capabilities = capabilities(),
    handlers = handlers(),
    settings = { foretype = settings },
    on_attach = function(client, attached)
      buffers[client.id] = buffers[client.id] or {}
      buffers[client.id][attached] = true
    end,
    on_exit = function(_, signal, id)
      vim.schedule(function()
        M.ended(id, signal)
      end)
    end,
  }, { bufnr = buf, silent = true })
end

-- Serves these buffers again, once the old server has had time to end.
local function start_soon(served)
  vim.defer_fn(function()
    for buf in pairs(served) do
      if vim.api.nvim_buf_is_valid(buf) then
        M.start(buf)
      end
    end
  end, PAUSE_MS)
end

---A server has ended: where nobody asked it to, it is started again for the same buffers.
function M.ended(id, signal)
  local served = buffers[id] or {}
  buffers[id] = nil
  require('foretype.status').forget(id)
  if vim.v.exiting ~= vim.NIL or signal == 15 or not next(served) then
    return
  end
  local now = os.time()
  crashes = vim.tbl_filter(function(at)
    return now - at < WITHIN_S
  end, crashes)
  crashes[#crashes + 1] = now
  if #crashes > MOST_CRASHES then
    return M.say('the server keeps ending; :Foretype restart tries again', vim.log.levels.ERROR)
  end
  start_soon(served)
end

function M.restart()
  crashes = {}
  local served = {}
  for _, client in ipairs(vim.lsp.get_clients({ name = M.NAME })) do
    served = vim.tbl_extend('force', served, buffers[client.id] or {})
    buffers[client.id] = nil
    if is_new then
      client:stop(true)
    else
      client.stop(true)
    end
  end
  served[vim.api.nvim_get_current_buf()] = true
  start_soon(served)
end

function M.setup(given)
  options = given
  local group = vim.api.nvim_create_augroup('foretype.server', {})
  vim.api.nvim_create_autocmd('FileType', {
    group = group,
    callback = function(event)
      M.start(event.buf)
    end,
  })
  -- A file without a type of its own gets a server all the same, unless types are named.
  vim.api.nvim_create_autocmd({ 'BufReadPost', 'BufNewFile' }, {
    group = group,
    callback = vim.schedule_wrap(function(event)
      if vim.api.nvim_buf_is_valid(event.buf) and vim.bo[event.buf].filetype == '' then
        M.start(event.buf)
      end
    end),
  })
  for _, buf in ipairs(vim.api.nvim_list_bufs()) do
    if vim.bo[buf].filetype ~= '' then
      M.start(buf)
    end
  end
end

return M
