# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for casarray: the program itself says what may follow.
function __casarray_complete
    set -l words (commandline -opc)
    set -l last (commandline -ct | string unescape)
    set -l found ($words[1] complete -- $words[2..-1] "$last" 2>/dev/null)
    if set -q found[1]
        printf '%s\n' $found
    else
        __fish_complete_path "$last"
    end
end
complete -c casarray -f -a '(__casarray_complete)'
