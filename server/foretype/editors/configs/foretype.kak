# Foretype for kakoune-lsp: beside the language's own servers.
hook -group foretype global User LSPDefaultConfig=(?:$types) %{
    set-option -add buffer lsp_servers %{
[foretype]
root_globs = [".git", ".hg"]
command = $program
args = $arguments
    }
}
