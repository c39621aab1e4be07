# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Bash completion for ccmctl. The commands and options come from ccmctl --help
# and the object types from the daemon, so this file is never out of date.

_ccmctl_commands() {
    ccmctl --help 2>/dev/null | sed -n 's/^  \([a-z][a-z ]*[a-z]\)  .*/\1/p'
}

_ccmctl_options() {
    # shellcheck disable=SC2086 # one or two words
    ccmctl $1 --help 2>/dev/null | grep -oE -- '^  [^ ]* +--[a-z-]+' |
        grep -oE -- '--[a-z-]+'
}

_ccmctl_types() {
    ccmctl module list --json 2>/dev/null |
        grep -oE '"subscribes":\[[^]]*\]' | grep -oE '"[a-z][a-z0-9-]*"' |
        tr -d '"' | sort -u | grep -vx subscribes
}

_ccmctl_configurations() {
    ccmctl module list --json 2>/dev/null | grep -oE '"name":"[^"]*"' |
        cut -d '"' -f 4
}

# Prints what may follow the words of a command.
_ccmctl_arguments() {
    case $1 in
    "plan" | "apply" | "publish" | "object list" | "object get" | \
        "object put" | "object delete") _ccmctl_types ;;
    "module info") _ccmctl_configurations ;;
    *)
        # The second word, if this is the first of two; or the first word.
        _ccmctl_commands | sed -n "s/^$1 \([a-z]*\)$/\1/p"
        ;;
    esac
}

_ccmctl() {
    local word=${COMP_WORDS[COMP_CWORD]} command="" i
    local previous=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()
    case $previous in
    -c | --config | --socket | --objects | --modules | --root | \
        --settings)
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
    esac
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        -c | --config | --socket) i=$((i + 1)) ;;
        -*) ;;
        *)
            command=${command:+$command }${COMP_WORDS[i]}
            case $command in
            *\ * | status | nodes | queue | plan | apply | publish | wait | \
                history) break ;;
            esac
            ;;
        esac
    done
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_ccmctl_options "$command")" \
            -- "$word")
    elif [ -z "$command" ]; then
        mapfile -t COMPREPLY < <(compgen -W \
            "$(_ccmctl_commands | cut -d ' ' -f 1 | sort -u)" -- "$word")
    elif [ "$command" = "object import" ]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -W "$(_ccmctl_arguments "$command")" \
            -- "$word")
    fi
}

complete -F _ccmctl ccmctl
