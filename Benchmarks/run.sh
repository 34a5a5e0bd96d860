#!/usr/bin/env bash
# Builds the benchmarks and their references, runs them, prints a table and
# writes .build/bench.json at the top of the repository.
#
#   Benchmarks/run.sh            everything, some three minutes after the build
#   Benchmarks/run.sh --smoke    a short version: does everything still work?
#
# HEADROOM_DATA names the folder with the public data (it holds `openb`); the
# rows that need it are left out where it is not. CXX, CC and PYTHON name the
# compilers and the interpreter of the references.
#
# Ends with a status other than 0 when something does not build or a result is
# wrong, never because it is slow.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
cd "$here"

smoke=()
case "${1:-}" in
  "") ;;
  --smoke) smoke=(--smoke) ;;
  *)
    printf 'usage: %s [--smoke]\n' "$0" >&2
    exit 64
    ;;
esac

data=${HEADROOM_DATA:-$root/../shared/data}
python=${PYTHON:-python3}

printf 'building\n' >&2
# Products by name: the rest of the package (its tests above all) is not needed.
for product in headroom KernelBenchmarks EngineBenchmarks FGDRun; do
  swift build --package-path "$root" -c release --product "$product" >&2
done
bin=$(swift build --package-path "$root" -c release --show-bin-path)
scratch=$root/.build/bench
mkdir -p "$scratch"

# SimPy, from where it is or into an environment of its own.
if ! "$python" -c 'import simpy' 2>/dev/null; then
  environment=$scratch/simpy
  if [[ ! -x $environment/bin/python ]]; then
    { "$python" -m venv "$environment" && "$environment/bin/pip" install --quiet simpy==4.1.1; } >&2 || true
  fi
  if "$environment/bin/python" -c 'import simpy' 2>/dev/null; then
    python=$environment/bin/python
  else
    printf 'SimPy is not here and cannot be installed: the reference of mm10 is left out\n' >&2
  fi
fi

rows=$scratch/rows.jsonl
: >"$rows"
printf 'running\n' >&2
"$bin/KernelBenchmarks" --sources Kernel --python "$python" "${smoke[@]}" | tee -a "$rows" >&2
"$bin/EngineBenchmarks" --sources . --data "$data" --headroom "$bin/headroom" "${smoke[@]}" | tee -a "$rows" >&2

{
  printf '[\n'
  sed '$!s/$/,/; s/^/  /' "$rows"
  printf ']\n'
} >"$root/.build/bench.json"

# The table: each row beside the figures of targets.txt, which a smoke run is
# too short to be held against.
awk -v smoke="${#smoke[@]}" '
  function field(name,    text) {
    text = $0
    if (!sub(".*\"" name "\":", "", text)) return ""
    if (substr(text, 1, 1) == "\"") { text = substr(text, 2); sub(/".*/, "", text) }
    else sub(/[,}].*/, "", text)
    return text
  }
  function short(number) {
    if (number == "null" || number == "" || number == "-") return ""
    if (number + 0 == int(number + 0) && number + 0 < 1e15) return sprintf("%d", number)
    return sprintf("%.4g", number)
  }
  function reached(value, how, wanted) {
    if (how == "<=") return value + 0 <= wanted + 0
    if (how == ">=") return value + 0 >= wanted + 0
    return value + 0 == wanted + 0
  }
  function goal(name, wanted) {
    if (wanted == "" || wanted == "-") return ""
    return (judged[name] == "ratio" ? "ratio " : "") how[name] " " wanted
  }
  function verdict(name, value) {
    if (how[name] == "" || value == "null") return ""
    if (!reached(value, how[name], must[name])) return "MISSED"
    return aim[name] != "-" && reached(value, how[name], aim[name]) ? "aim" : "must"
  }
  FNR == NR {
    if (!smoke && $0 !~ /^#/ && NF == 5) { judged[$1] = $2; how[$1] = $3; must[$1] = $4; aim[$1] = $5 }
    next
  }
  FNR == 1 {
    printf "%-30s %11s %11s %9s  %-24s %-14s %-14s %s\n",
      "name", "ours", "reference", "ratio", "unit", "must", "aim", "reaches"
  }
  {
    name = field("name")
    printf "%-30s %11s %11s %9s  %-24s %-14s %-14s %s\n",
      name, short(field("ours")), short(field("reference")), short(field("ratio")), field("unit"),
      goal(name, must[name]), goal(name, aim[name]), verdict(name, field(judged[name]))
  }
' targets.txt "$rows"
printf 'rows: %s\n' "$root/.build/bench.json"
