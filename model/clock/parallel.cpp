// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace exitscope {

namespace {

constexpr std::size_t kMostThreads = 4; // a search for the map of a long trace takes hundreds of MiB

} // namespace

void inParallel(std::size_t count, const std::function<void(std::size_t)> &work)
{
    std::atomic<std::size_t> next = 0;
    std::mutex mutex;
    std::exception_ptr failure;
    const auto takeTurns = [&] {
        for (std::size_t i = next++; i < count; i = next++) {
            try {
                work(i);
            } catch (...) {
                next = count;
                const std::lock_guard lock(mutex);
                if (!failure)
                    failure = std::current_exception();
            }
        }
    };
    const std::size_t cores = std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
    {
        std::vector<std::jthread> others;
        for (std::size_t i = 1; i < std::min({count, cores, kMostThreads}); ++i)
            others.emplace_back(takeTurns);
        takeTurns();
    }
    if (failure)
        std::rethrow_exception(failure);
}

} // namespace exitscope
