#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A minute of t/chaos/chaos, and whether its checker would see it if something
# went wrong. CCM_CHAOS_SEED and CCM_CHAOS_MINUTES choose another run.
# shellcheck source=t/e2e/tap.sh
. "$(dirname "$0")/e2e/tap.sh" || exit 1
export builddir
chaos=$srcdir/t/chaos
seed=${CCM_CHAOS_SEED:-$((RANDOM * 32768 + RANDOM))}

check "seed $seed: I1 to I5 hold" "$chaos/chaos" --seed "$seed" \
    --minutes "${CCM_CHAOS_MINUTES:-0.5}" --folder "$scratch/run" \
    --nodes "${CCM_CHAOS_NODES:-5}"
if [ $tap_failed -gt 0 ]; then
    cp -r "$scratch/run" "$builddir/t/log/chaos-$seed" &&
        echo "# kept: t/log/chaos-$seed" >&2
    done_testing
fi
turns=$("$srcdir/t/e2e/history.py" turns "$scratch/run/history.json" | wc -l)
check "turns were seen ($turns)" test "$turns" -gt 0

# doctored SENTENCE PATTERN: what the script on standard input makes of the
# record is seen to be wrong. It has stamps, changes and result to work with.
doctored() {
    local sentence=$1 pattern=$2 folder=$scratch/doctored
    rm -rf "$folder"
    cp -r "$scratch/run" "$folder" || bail "no copy"
    cat "$chaos/doctor.py" - >"$scratch/script.py"
    python3 "$scratch/script.py" "$folder" || bail "the doctor fails"
    check_status "$sentence" 1 "$chaos/check.py" "$folder"
    check_says "... and named" "WRONG $pattern" "$output"
}

doctored "two that begin at once are seen" 'I1: [0-9]+: web9' <<'END'
at = first(lambda key, value: key.startswith("applying/") and value)
insert(at + 1, "applying/web9", "{}")
END
doctored "a turn that ignores the flag is seen" 'I2: [0-9]+: web9' <<'END'
at = first(lambda key, value: key.startswith("applying/") and not value)
insert(at + 1, "flag", '{"node":"web8"}')
insert(at + 2, "applying/web9", "{}")
END
doctored "two changes at once are seen" 'I1: stamp .*web9' <<'END'
at = next(i for i, line in enumerate(stamps) if line.startswith("begin")
          and stamps[i + 1].startswith("end"))
stamps.insert(at + 1, "begin web9 1 1 0\n")
stamps.insert(at + 2, "end web9 1 1 0\n")
END
doctored "a change that goes on after its turn is seen" 'I1: stamp' <<'END'
at = next(i for i, line in enumerate(stamps) if line.startswith("end")
          and stamps[i + 1].split()[1] != line.split()[1])
stamps.insert(at + 1, stamps.pop(at))
END
doctored "an event that does not arrive is seen" 'I3: .*web1 lacks' <<'END'
files = result["rests"][-1]["files"]["web1"]
for name in files:
    files[name] = "0 good\n"
END
doctored "a cluster that never rests is seen" 'I3: .*never' <<'END'
result["rests"][-1]["reached"] = False
END
doctored "a torn file is seen" 'I4: .*torn' <<'END'
result["torn"].append(["web1", "t0", "1 go"])
END
doctored "half a set is seen" 'I4: .*several' <<'END'
result["rests"][0]["files"]["web2"]["t0"] = "0 good\n"
END
doctored "one other byte is seen" 'I5: .*files differ' <<'END'
result["rests"][-1]["files"]["web2"]["t0"] += "x"
END
doctored "another digest is seen" 'I5: .*digests' <<'END'
result["rests"][-1]["records"]["web2"]["applied"]["digest"] = "0"
END
done_testing
