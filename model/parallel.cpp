// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace exitscope {

namespace {

std::size_t cores()
{
    return std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
}

} // namespace

void inParallel(std::size_t count, std::size_t mostThreads, const ParallelWork &work)
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
    const std::size_t most = std::min({count, cores(), mostThreads});
    std::vector<std::jthread> others;
    others.reserve(most);
    try {
        while (others.size() + 1 < most)
            others.emplace_back(takeTurns);
    } catch (const std::system_error &) {
        // The system gives no more threads: those that there are, and this one, do it all.
    }
    takeTurns();
    others.clear();
    if (failure)
        std::rethrow_exception(failure);
}

void inParallel(std::size_t count, const ParallelWork &work)
{
    inParallel(count, count, work);
}

} // namespace exitscope
