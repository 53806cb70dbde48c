# Completion of PROGRAM in fish. Save as ~/.config/fish/completions/PROGRAM.fish
function __PROGRAM_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    # Of --flag=name, the name is completed.
    set -l flag (string match -r '^--[^=]*=' -- "$current")
    set -l name (string replace -r '^--[^=]*=' '' -- "$current")
    for line in ($words[1] COMMAND $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case :file
                printf "$flag%s\n" (__fish_complete_path "$name")
            case :dir
                printf "$flag%s\n" (__fish_complete_directories "$name" '')
            case '*'
                printf '%s\n' $line
        end
    end
end
complete -c PROGRAM -f -a '(__PROGRAM_complete)'
