# Foretype for kakoune-lsp: beside the language's own servers.
try %{ nop %opt{lsp_servers} } catch %{
    evaluate-commands %sh{
        command -v kak-lsp >/dev/null && exec kak-lsp
        echo "fail 'Foretype needs kakoune-lsp, whose program kak-lsp is not found'"
    }
    lsp-enable
}

declare-option -hidden str foretype_server %{
[foretype]
root_globs = [".git", ".hg"]
command = $program
args = $arguments
}

define-command -override -hidden foretype-join %{
    evaluate-commands %sh{
        case "$$kak_opt_lsp_servers" in *'[foretype]'*) exit ;; esac
        # Where one server of a file is missing, kakoune-lsp starts none: this one then stands alone.
        programs=$$(printf '%s\n' "$$kak_opt_lsp_servers" | awk '
            /^[ \t]*\[/ { if (program) print program; program = "" }
            /^[ \t]*\[[^].]+\][ \t]*$$/ { program = $$0; gsub(/[] \t"\047[]/, "", program) }
            /^[ \t]*command[ \t]*=/ && program { split($$0, part, /["\047]/); program = part[2] }
            END { if (program) print program }')
        IFS='
'
        beside=-add
        for each in $$programs; do command -v "$$each" >/dev/null || beside=; done
        echo "set-option $$beside buffer lsp_servers %opt{foretype_server}"
    }
    remove-hooks buffer foretype-asking
    hook -group foretype-asking buffer InsertIdle .* foretype-ask-later
}

# What comes later than a menu may wait is in the answer to the same question, put once more.
define-command -override -hidden foretype-ask-later %{
    nop %sh{ {
        sleep 0.3
        echo "try %{ evaluate-commands -client $$kak_client %{ foretype-ask-again $$kak_timestamp } }" |
            kak -p "$$kak_session"
    } >/dev/null 2>&1 </dev/null & }
}
define-command -override -hidden foretype-ask-again -params 1 %{
    evaluate-commands %sh{ [ "$$kak_timestamp" = "$$1" ] && echo lsp-completion }
}

define-command -override foretype-chat -docstring 'foretype-chat: write a document for a conversation' %{
    lsp-execute-command foretype.chat '[]' foretype
}

# An explanation has more lines than the status has, and what else this server says more words.
define-command -override -hidden foretype-show -params 3 %{
    echo -debug "LSP: %arg{1} from server %arg{2}: %arg{3}"
    evaluate-commands %sh{
        [ "$$2" = foretype ] && echo 'info -title Foretype -- %arg{3}' && exit
        echo 'echo "LSP: %arg{1} from server %arg{2}: %arg{3}"'
    }
}
define-command -override -hidden lsp-show-message-info -params 2 %{ foretype-show info %arg{@} }
define-command -override -hidden lsp-show-message-warning -params 2 %{ foretype-show warning %arg{@} }

# kakoune-lsp starts servers as they are named, and tells of the file only the first: it has to wait for all.
define-command -override -hidden foretype-hold %{
    lsp-block-in-buffer
    hook -once -group foretype buffer BufSetOption filetype=(?:$types) %{
        evaluate-commands %sh{ [ -z "$$kak_opt_lsp_servers" ] || echo foretype-join }
    }
    hook -once -group foretype buffer BufSetOption filetype=.+ %{
        lsp-unblock-in-buffer
        try lsp-did-change-config
    }
}
remove-hooks global foretype
hook -group foretype global BufCreate /.* %{ lsp-if-no-servers foretype-hold }
hook -group foretype global User LSPDefaultConfig=(?:$types) foretype-join
