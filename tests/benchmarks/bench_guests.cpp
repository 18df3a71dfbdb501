// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <cstdlib>

#include "tests/benchmarks/guest_phases.h"

using namespace exitscope;
using namespace exitscope::benchmark;

namespace {

constexpr int kTimelineWidth = 2000; // px
constexpr int kRepetitions = 3; // at most: as soon as every phase was within the limit it is enough
constexpr std::size_t kEventsOfTurn = 3;

} // namespace

// Opens a guest of very many threads in the real window, uses their rows as a hand does, and prints how long the GUI
// thread was busy at a time. Ends with 1 if that was ever longer than the limit.
int main(int argc, char **argv)
{
    useNoDisplay();
    WatchedApplication application(argc, argv);
    if (argc > 3) {
        std::fputs("usage: bench_guests [EVENTS [THREADS]]\n", stderr);
        return 2;
    }
    testing::ManyThreadsShape shape;
    if (argc > 1)
        shape.turns = std::size_t(std::atof(argv[1])) / kEventsOfTurn / shape.cpus;
    if (argc > 2)
        shape.threads = std::uint32_t(std::atoi(argv[2])); // NOLINT(cert-err34-c): by hand
    const testing::ManyThreads made = testing::makeManyThreads(shape);
    std::printf("a guest of %zu events and %u threads in the window\n", shape.turns * kEventsOfTurn * shape.cpus,
        shape.threads);
    std::fflush(stdout);
    TurnReport turns;
    WindowDriver driver(application);
    driver.openWindow(kTimelineWidth, {{made.recording->guests.front().path, made.line}});
    GuestPhases phases(application, driver, turns);
    phases.open(made, kTimelineWidth);
    for (int i = 0; i < kRepetitions && (i == 0 || !turns.isWithinLimit()); ++i) {
        phases.use();
        turns.print();
        std::fflush(stdout);
    }
    driver.closeWindow();
    const bool good = turns.isWithinLimit();
    std::printf("%s: no turn of the event loop above %.0f ms of wall time, but for what it waited for a CPU\n",
        good ? "ok" : "FAILED", TurnReport::kLimitMs);
    return good ? 0 : 1;
}
