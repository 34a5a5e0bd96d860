// The hold model on std::priority_queue: pop the earliest event, push it back
// with an exponential increment. Prints events per second of CPU time, and a
// hash of the pop order to compare with other calendars.
//
//   g++ -O3 -std=c++17 hold.cpp -o hold && ./hold PENDING EVENTS
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <queue>
#include <vector>

// xoshiro256++ 1.0, D. Blackman and S. Vigna (public domain algorithm).
struct Xoshiro {
  uint64_t s[4];

  explicit Xoshiro(uint64_t seed) {
    for (auto &word : s) {
      uint64_t z = (seed += 0x9e3779b97f4a7c15);
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
      z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
      word = z ^ (z >> 31);
    }
  }

  static uint64_t rotl(uint64_t x, int k) { return x << k | x >> (64 - k); }

  uint64_t next() {
    uint64_t result = rotl(s[0] + s[3], 23) + s[0];
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45);
    return result;
  }

  int64_t exponential(double mean) {
    double u = double(int64_t(next() >> 11 | 1)) * 0x1p-53;
    return int64_t(-mean * std::log(1 - u));
  }
};

// 24 bytes: time, insertion number for ties, payload.
struct Event {
  int64_t time;
  uint64_t order;
  uint64_t payload;
  bool operator<(const Event &other) const {
    return time != other.time ? time > other.time : order > other.order;
  }
};

static double cpu_seconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return double(now.tv_sec) + double(now.tv_nsec) * 1e-9;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: hold PENDING EVENTS\n");
    return 2;
  }
  const uint64_t pending = std::strtoull(argv[1], nullptr, 10);
  const uint64_t events = std::strtoull(argv[2], nullptr, 10);
  const double mean = 1e9;
  Xoshiro random(1);
  std::vector<Event> store;
  store.reserve(pending + 1);
  std::priority_queue<Event> queue(std::less<Event>(), std::move(store));
  uint64_t order = 0;
  for (uint64_t i = 0; i < pending; ++i) queue.push({random.exponential(mean), order++, i});
  uint64_t hash = 0;
  auto hold = [&](uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) {
      Event event = queue.top();
      queue.pop();
      hash = (hash ^ uint64_t(event.time) ^ event.payload) * 0xbf58476d1ce4e5b9;
      hash ^= hash >> 32;
      queue.push({event.time + random.exponential(mean), order++, event.payload});
    }
  };
  hold(2 * pending);
  double start = cpu_seconds();
  hold(events);
  double seconds = cpu_seconds() - start;
  std::printf("%.6e %016llx\n", double(events) / seconds, (unsigned long long)hash);
}
