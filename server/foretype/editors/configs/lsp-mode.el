;; Foretype for lsp-mode: beside the other servers; ghost text where lsp-mode has it (after 9.0.0).
(with-eval-after-load 'lsp-mode
  (lsp-register-client
   (make-lsp-client :new-connection (lsp-stdio-connection (list $command))
                    :activation-fn (lambda (&rest _) t)
                    :add-on? t
                    :priority -3
                    :server-id 'foretype))
  (setq lsp-inline-completion-enable t
        lsp-inline-completion-idle-delay 0.1))
