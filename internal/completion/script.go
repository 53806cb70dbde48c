package completion

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed bash.sh zsh.sh fish.fish
var scripts embed.FS

// Script is what the shell (bash, zsh or fish) sources to complete the command
// lines of the program, which must be on the PATH under that name.
func Script(shell, program string) (string, error) {
	file, ok := map[string]string{"bash": "bash.sh", "zsh": "zsh.sh", "fish": "fish.fish"}[shell]
	if !ok {
		return "", fmt.Errorf("there is no completion for the shell %q; there is for bash, zsh and fish", shell)
	}
	text, err := scripts.ReadFile(file)
	if err != nil {
		return "", err
	}
	return strings.NewReplacer("PROGRAM", program, "COMMAND", Command).Replace(string(text)), nil
}
