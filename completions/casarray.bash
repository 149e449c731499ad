# SPDX-License-Identifier: LGPL-2.1-or-later
# bash completion for casarray: the program itself says what may follow.
_casarray()
{
	local cur=${COMP_WORDS[COMP_CWORD]} words=() word line head='' quote=''

	# readline splits at '=' and ':'; the program wants the words as they were typed
	local i
	for ((i = 1; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $i -gt 1 && ($word == [=:]* || ${COMP_WORDS[i - 1]} == *[=:]) &&
			$COMP_LINE == *"${COMP_WORDS[i - 1]}$word"* ]]; then
			words[${#words[@]} - 1]+=$word
		else
			words+=("$word")
		fi
	done
	case $cur in
	[\'\"]*) quote=${cur:0:1} ;;
	esac
	words=("${words[@]//[\'\"\\]/}")
	# what readline does not replace must not come again
	line=${words[${#words[@]} - 1]}
	if [[ $line != "${cur//[\'\"\\]/}" || $cur == [=:] ]]; then
		head=${line%"${line##*[=:]}"}
	fi

	COMPREPLY=()
	while IFS=$'\t' read -r line _; do
		line=${line#"$head"}
		if [[ -z $quote ]]; then
			printf -v line '%q' "$line"
		fi
		COMPREPLY+=("$line")
	done < <("${COMP_WORDS[0]}" complete -- "${words[@]}" 2>/dev/null)
}
complete -o bashdefault -o default -F _casarray casarray
