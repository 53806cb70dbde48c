#compdef PROGRAM
# Completion of PROGRAM in zsh. After compinit, in ~/.zshrc:  source <(PROGRAM completion zsh)
_PROGRAM() {
  local line text
  local -a texts shown open open_shown
  for line in "${(@f)$("${(Q)words[1]}" COMMAND "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}"; do
    text=${line%%$'\t'*}
    case $line in
      '') ;;
      :file) [[ $PREFIX != --*=* ]] || compset -P '*='
        _files ;;
      :dir) [[ $PREFIX != --*=* ]] || compset -P '*='
        _files -/ ;;
      *)
        line=${text}${${line#*$'\t'}:+  -- ${line#*$'\t'}}
        if [[ $text == *: ]]; then
          open+=("$text") open_shown+=("$line")
        else
          texts+=("$text") shown+=("$line")
        fi ;;
    esac
  done
  ((! $#texts)) || compadd -Q -l -d shown -a -- texts
  ((! $#open)) || compadd -Q -S '' -l -d open_shown -a -- open
}
if [[ $funcstack[1] == _PROGRAM ]]; then
  _PROGRAM "$@"
else
  compdef _PROGRAM PROGRAM
fi
