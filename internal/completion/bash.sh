# Completion of PROGRAM in bash. Add to ~/.bashrc:  source <(PROGRAM completion bash)
_PROGRAM() {
  local line=${COMP_LINE:0:COMP_POINT} i n word candidate
  local -a words=()
  # bash breaks words at = and : too; what no blank separates belongs together.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    ((i < COMP_CWORD)) || word=${line#"${line%%[![:space:]]*}"}
    n=${#words[@]}
    if ((n == 0)) || [[ $line == [[:space:]]* ]]; then
      words[n]=$word
    else
      words[n - 1]+=$word
    fi
    line=${line#"${line%%[![:space:]]*}"}
    line=${line#"$word"}
  done
  local current=${words[${#words[@]} - 1]} broken=
  # What stands before the last = or : stays on the command line.
  [[ $COMP_WORDBREAKS != *=* || $current != *=* ]] || broken=${current%"${current##*=}"}
  [[ $COMP_WORDBREAKS != *:* || ${current#"$broken"} != *:* ]] || broken=${current%"${current##*:}"}
  COMPREPLY=()
  while IFS= read -r candidate; do
    case $candidate in
      :file) compopt -o filenames 2>/dev/null
        while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "${current#"$broken"}") ;;
      :dir) compopt -o filenames 2>/dev/null
        while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -d -- "${current#"$broken"}") ;;
      *) candidate=${candidate%%$'\t'*}
        [[ $candidate != *: ]] || compopt -o nospace 2>/dev/null
        COMPREPLY+=("${candidate#"$broken"}") ;;
    esac
  done < <("${words[0]}" COMMAND "${words[@]:1}" 2>/dev/null)
}
complete -F _PROGRAM PROGRAM
