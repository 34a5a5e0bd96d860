// One run of the FGD experiment, plainly: a cluster is filled pod by pod, each
// pod goes where the expected fragmentation grows least, nothing leaves.
// Written from the published description of the experiment (Weng et al.,
// "Beware of Fragmentation", USENIX ATC 2023) and shares no code with the
// engine that it is compared with.
//
// Scores are kept for each pair of request shape and node and computed again
// for nodes that have changed; the metrics are summed over all nodes after
// each arrival. Doubles must be added in the stated order and without fused
// multiply-add: truncated scores depend on the last bit.
//
//   g++ -O3 -std=c++17 -ffp-contract=off fgd.cpp -o fgd
//   ./fgd DATA_FOLDER SEED TABLE.csv      prints the row at 100 % arrival
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

namespace {

constexpr int kMaxGPUs = 8;
constexpr int kWholeGPU = 1000;          // thousandths
constexpr double kTuningRatio = 1.3;     // asked for / capacity
constexpr int kWatcherDraws = 10;        // consumed by the tool's background work
constexpr int kTypicalPercent = 95;      // of the pods are covered by typical shapes
constexpr int kLastPercent = 130;

[[noreturn]] void fail(const std::string &message) {
  std::fprintf(stderr, "fgd: %s\n", message.c_str());
  std::exit(1);
}

std::vector<std::vector<std::string>> read_csv(const std::string &path) {
  std::ifstream file(path);
  if (!file) fail("cannot read " + path);
  std::vector<std::vector<std::string>> rows;
  std::string line;
  std::getline(file, line);  // header
  while (std::getline(file, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::vector<std::string> fields;
    size_t start = 0;
    for (size_t comma; (comma = line.find(',', start)) != std::string::npos; start = comma + 1)
      fields.push_back(line.substr(start, comma - start));
    fields.push_back(line.substr(start));
    rows.push_back(std::move(fields));
  }
  return rows;
}

struct Shape {
  int cpu, memory, count, per_device;
  std::string models;  // accepted, joined with |; empty: any
  auto key() const { return std::tie(cpu, memory, count, per_device, models); }
  bool operator<(const Shape &other) const { return key() < other.key(); }
};

struct Node {
  int cpu, memory, gpus;
  int free[kMaxGPUs];
  uint64_t model;  // one bit
  uint32_t version = 0;
};

// The additive lagged Fibonacci generator of the studied tool.
class GoRandom {
 public:
  GoRandom(const std::string &path, const std::string &seed) {
    for (const auto &row : read_csv(path))
      if (row[0] == seed) ring_.push_back(std::strtoull(row[2].c_str(), nullptr, 10));
    if (ring_.size() != 607) fail("no stream for seed " + seed);
  }
  uint64_t next63() {
    size_t slot = drawn_ % 607;
    if (drawn_ >= 607) ring_[slot] += ring_[(drawn_ - 273) % 607];
    ++drawn_;
    return ring_[slot] & (UINT64_MAX >> 1);
  }
  uint32_t bounded(uint32_t m) {
    auto draw = [&] { return (next63() >> 31 & UINT32_MAX) * uint64_t(m); };
    uint64_t product = draw();
    if (uint32_t(product) < m)
      for (uint32_t q = (0 - m) % m; uint32_t(product) < q;) product = draw();
    return uint32_t(product >> 32);
  }
  int intn(uint64_t m) {
    uint64_t value = next63() >> 32;
    if ((m & (m - 1)) == 0) return int(value & (m - 1));
    const uint64_t largest = (1ull << 31) - 1 - (1ull << 31) % m;
    while (value > largest) value = next63() >> 32;
    return int(value % m);
  }

 private:
  std::vector<uint64_t> ring_;
  size_t drawn_ = 0;
};

struct Typical {
  double share;
  int cpu, per_device, count;
  uint64_t models;
};

struct Models {
  std::vector<std::string> names;
  uint64_t bit(const std::string &name) {
    auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) found = names.insert(names.end(), name);
    return 1ull << (found - names.begin());
  }
  uint64_t mask(const std::string &accepted) {
    if (accepted.empty()) return UINT64_MAX;
    uint64_t bits = 0;
    std::stringstream parts(accepted);
    for (std::string name; std::getline(parts, name, '|');) bits |= bit(name);
    return bits;
  }
};

std::vector<Typical> typical_pods(const std::vector<Shape> &shapes, const std::vector<int> &pods, Models &models) {
  std::map<std::tuple<int, int, int, std::string>, int> counts;
  for (int shape : pods) {
    const Shape &s = shapes[shape];
    ++counts[{s.cpu, s.per_device, s.count, s.models}];
  }
  std::vector<std::pair<int, std::tuple<int, int, int, std::string>>> order;
  for (const auto &[key, count] : counts) order.push_back({count, key});
  std::sort(order.rbegin(), order.rend());
  const int n = int(pods.size());
  int covered = 0;
  size_t taken = 0;
  while (100ll * covered < int64_t(kTypicalPercent) * n) covered += order[taken++].first;
  std::vector<Typical> typical;
  for (size_t i = 0; i < taken; ++i) {
    const auto &[cpu, per_device, count, accepted] = order[i].second;
    // Not simplified to count / covered: that changes the last bit.
    const double share = (double(order[i].first) / n) / (double(covered) / n);
    typical.push_back({share, cpu, per_device, count, models.mask(accepted)});
  }
  return typical;
}

// Expected fragmentation of a node, thousandths of a GPU.
double fragmentation(const std::vector<Typical> &typical, int cpu, const int *free, int gpus, uint64_t model) {
  double q1 = 0, q2 = 0, q4 = 0, xl = 0, xr = 0, na = 0;
  int all = 0;
  for (int g = 0; g < gpus; ++g) all += free[g];
  const double total = all;
  for (const Typical &t : typical) {
    const bool has_cpu = cpu >= t.cpu;
    if (t.per_device == 0) {
      (has_cpu ? xl : xr) += t.share * total;
    } else if (!(t.models & model)) {
      na += t.share * total;
    } else {
      int devices = 0, usable = 0;
      for (int g = 0; g < gpus; ++g) {
        const bool fits = free[g] >= t.per_device;
        devices += fits;
        usable += fits ? free[g] : 0;
      }
      if (devices >= t.count) {
        if (has_cpu) q2 += t.share * double(all - usable);
        else q4 += t.share * total;
      } else {
        (has_cpu ? q2 : q1) += t.share * total;
      }
    }
  }
  return q1 + q2 + q4 + xl + xr + na;
}

struct Score {
  uint32_t version = UINT32_MAX;  // of the node when it was computed
  int16_t value = -1;             // -1: does not fit
  int16_t gpu = -1;               // for a pod that shares one
};

int truncated(double before, double after) { return int(1 / (1 + std::exp(-(before - after) / 1000)) * 100); }

Score score(const std::vector<Typical> &typical, const Node &node, double before, const Shape &s, uint64_t accepted) {
  Score result;
  result.version = node.version;
  if (node.cpu < s.cpu || node.memory < s.memory) return result;
  const int cpu = node.cpu - s.cpu;
  if (s.count == 0) {
    result.value = int16_t(truncated(before, fragmentation(typical, cpu, node.free, node.gpus, node.model)));
    return result;
  }
  if (!(accepted & node.model)) return result;
  int fitting = 0;
  for (int g = 0; g < node.gpus; ++g) fitting += node.free[g] >= s.per_device;
  if (fitting < s.count) return result;
  int free[kMaxGPUs];
  std::copy(node.free, node.free + node.gpus, free);
  if (s.per_device == kWholeGPU) {
    int left = s.count;
    for (int g = 0; g < node.gpus && left > 0; ++g)
      if (free[g] == kWholeGPU) { free[g] = 0; --left; }
    result.value = int16_t(truncated(before, fragmentation(typical, cpu, free, node.gpus, node.model)));
    return result;
  }
  for (int g = 0; g < node.gpus; ++g) {
    if (node.free[g] < s.per_device) continue;
    // GPUs with equal free parts give equal scores: the first stands for all.
    if (std::find(node.free, node.free + g, node.free[g]) != node.free + g) continue;
    free[g] -= s.per_device;
    const int value = truncated(before, fragmentation(typical, cpu, free, node.gpus, node.model));
    free[g] = node.free[g];
    if (value > result.value) { result.value = int16_t(value); result.gpu = int16_t(g); }
  }
  return result;
}

double hundredths(double x) { return std::nearbyint(x * 100) / 100; }

// Summation in numpy's order, which decides the last printed digit.
double pairwise(const double *x, size_t n) {
  if (n < 8) {
    double sum = 0;
    for (size_t i = 0; i < n; ++i) sum += x[i];
    return sum;
  }
  if (n <= 128) {
    double r[8];
    std::copy(x, x + 8, r);
    size_t i = 8;
    for (; i + 8 <= n; i += 8)
      for (size_t j = 0; j < 8; ++j) r[j] += x[i + j];
    double sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
    for (; i < n; ++i) sum += x[i];
    return sum;
  }
  const size_t half = n / 2 / 8 * 8;
  return pairwise(x, half) + pairwise(x + half, n - half);
}

double mean(const std::vector<double> &x) { return pairwise(x.data(), x.size()) / double(x.size()); }

struct Bucket {
  std::vector<double> allocation, rate, amount;
};

}  // namespace

int main(int argc, char **argv) {
  if (argc != 4) fail("usage: fgd DATA_FOLDER SEED TABLE.csv");
  const std::string folder = argv[1];
  Models models;

  auto node_rows = read_csv(folder + "/openb_node_list_gpu_node.csv");
  std::sort(node_rows.begin(), node_rows.end());
  std::vector<Node> nodes;
  int64_t capacity = 0;
  for (const auto &row : node_rows) {
    Node node{std::stoi(row[1]), std::stoi(row[2]), std::stoi(row[3]), {}, models.bit(row[4])};
    std::fill(node.free, node.free + node.gpus, kWholeGPU);
    capacity += int64_t(node.gpus) * kWholeGPU;
    nodes.push_back(node);
  }

  auto pod_rows = read_csv(folder + "/openb_pod_list_default.csv");
  std::sort(pod_rows.begin(), pod_rows.end());
  std::vector<Shape> shapes;
  std::map<Shape, int> numbers;
  std::vector<int> pods;
  for (const auto &row : pod_rows) {
    Shape s{std::stoi(row[1]), std::stoi(row[2]), std::stoi(row[3]), std::stoi(row[4]), row[5]};
    const auto [found, is_new] = numbers.emplace(s, int(shapes.size()));
    if (is_new) shapes.push_back(s);
    pods.push_back(found->second);
  }
  std::vector<uint64_t> accepted;
  for (const Shape &s : shapes) accepted.push_back(models.mask(s.models));
  const std::vector<Typical> typical = typical_pods(shapes, pods, models);

  // Arrival order, clones, and the ranking of the nodes that settles ties.
  GoRandom random(folder + "/plan/go_rand_streams.csv", argv[2]);
  const int n = int(pods.size());
  random.next63();
  std::vector<int> arrivals(pods);
  for (int i = n - 1; i > 0; --i) std::swap(arrivals[i], arrivals[random.bounded(uint32_t(i + 1))]);
  const int64_t target = std::llround(kTuningRatio * double(capacity));
  int64_t requested = 0;
  for (int shape : pods) requested += int64_t(shapes[shape].count) * shapes[shape].per_device;
  if (requested < target) {
    for (;;) {
      const Shape &s = shapes[pods[random.intn(uint64_t(n))]];
      if (requested + s.per_device > target) break;
      arrivals.push_back(int(&s - shapes.data()));
      requested += int64_t(s.count) * s.per_device;
    }
  } else {
    while (requested > target) {
      const auto place = arrivals.begin() + random.intn(arrivals.size());
      requested -= int64_t(shapes[*place].count) * shapes[*place].per_device;
      arrivals.erase(place);
    }
  }
  for (int i = 0; i < kWatcherDraws; ++i) random.next63();
  const int node_count = int(nodes.size());
  std::vector<int> rank(node_count);
  for (int i = 0; i < node_count; ++i) {
    const int j = random.intn(uint64_t(i + 1));
    rank[i] = rank[j];
    rank[j] = i;
  }

  std::vector<double> fragmented(node_count);
  auto measure = [&](int i) {
    const Node &node = nodes[i];
    fragmented[i] = fragmentation(typical, node.cpu, node.free, node.gpus, node.model);
  };
  for (int i = 0; i < node_count; ++i) measure(i);

  std::vector<std::vector<Score>> scores(shapes.size());
  std::vector<Bucket> buckets(kLastPercent + 1);
  const double percent = double(capacity) / 100;
  int64_t arrived = 0;
  for (int shape : arrivals) {
    const Shape &s = shapes[shape];
    arrived += int64_t(s.count) * s.per_device;
    auto &known = scores[shape];
    known.resize(node_count);
    int best = -1;
    for (int i = 0; i < node_count; ++i) {
      if (known[i].version != nodes[i].version)
        known[i] = score(typical, nodes[i], fragmented[i], s, accepted[shape]);
      if (known[i].value < 0) continue;
      if (best < 0 || known[i].value > known[best].value ||
          (known[i].value == known[best].value && rank[i] < rank[best]))
        best = i;
    }
    if (best >= 0) {
      Node &node = nodes[best];
      node.cpu -= s.cpu;
      node.memory -= s.memory;
      if (s.count > 0 && s.per_device < kWholeGPU) {
        node.free[known[best].gpu] -= s.per_device;
      } else {
        int left = s.count;
        for (int g = 0; g < node.gpus && left > 0; ++g)
          if (node.free[g] == kWholeGPU) { node.free[g] = 0; --left; }
      }
      ++node.version;
      measure(best);
    }

    int64_t idle = 0;
    double total = 0;
    for (int i = 0; i < node_count; ++i) {
      for (int g = 0; g < nodes[i].gpus; ++g) idle += nodes[i].free[g];
      total += fragmented[i];
    }
    const int r = int(std::nearbyint(double(arrived) / percent));
    if (r > kLastPercent) continue;
    buckets[r].allocation.push_back(hundredths(double(capacity - idle) / percent));
    buckets[r].rate.push_back(hundredths(100 * total / double(idle)));
    buckets[r].amount.push_back(hundredths(total));
  }

  std::ofstream table(argv[3]);
  table << "workload,policy,seed,arrival_pct,alloc_pct,frag_rate_pct,frag_total_pct\n";
  for (int r = 0; r <= kLastPercent; ++r) {
    Bucket bucket = buckets[r];
    if (bucket.rate.empty()) {
      for (int near = std::max(0, r - 1); near <= std::min(kLastPercent, r + 1); ++near) {
        const Bucket &b = buckets[near];
        bucket.allocation.insert(bucket.allocation.end(), b.allocation.begin(), b.allocation.end());
        bucket.rate.insert(bucket.rate.end(), b.rate.begin(), b.rate.end());
        bucket.amount.insert(bucket.amount.end(), b.amount.begin(), b.amount.end());
      }
    }
    char row[128];
    std::snprintf(row, sizeof row, "default,FGD,%s,%d,%.2f,%.4f,%.2f\n", argv[2], r, hundredths(mean(bucket.allocation)),
                  mean(bucket.rate), hundredths(100 * mean(bucket.amount) / 1000 / (double(capacity) / 1000)));
    table << row;
    if (r == 100) std::fputs(row, stdout);
  }
  table.close();
  if (!table) fail(std::string("cannot write ") + argv[3]);
}
