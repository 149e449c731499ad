# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for casarray: the program itself says what may follow.
function __casarray_complete
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    $program complete -- $words (commandline -ct | string unescape) 2>/dev/null
end
complete -c casarray -a '(__casarray_complete)'
