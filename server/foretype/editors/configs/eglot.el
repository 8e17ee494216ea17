;; Foretype for eglot: completion in the menu, edits and explanations by M-x eglot-code-actions.
(with-eval-after-load 'eglot
  (dolist (mode '($modes))
    (add-to-list 'eglot-server-programs (cons mode (list $command)))))
