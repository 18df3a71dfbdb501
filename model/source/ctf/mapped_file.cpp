// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/mapped_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/source/ctf/trace_class.h"

namespace exitscope::ctf {

namespace {

// Reading behind the end of a file that became shorter raises SIGBUS. The handler finds the file here without a lock,
// and puts a page of zeros in the place of what is gone.
struct Watched {
    std::atomic<std::uintptr_t> begin = 0; // 0: free
    std::atomic<std::uintptr_t> end = 0;
    std::atomic<std::atomic<bool> *> shrank = nullptr;
};
std::array<Watched, 4096> watched;
std::mutex watching;
struct sigaction before;
std::uintptr_t pageSize = 4096;

bool coverPage(std::uintptr_t address)
{
    for (Watched &file : watched) {
        const std::uintptr_t begin = file.begin.load();
        if (begin == 0 || address < begin || address >= file.end.load())
            continue;
        // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel gave the address
        void *page = reinterpret_cast<void *>(address & ~(pageSize - 1));
        if (mmap(page, pageSize, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
            return false;
        if (std::atomic<bool> *shrank = file.shrank.load())
            shrank->store(true);
        return true;
    }
    return false;
}

void onBusError(int signal, siginfo_t *info, void *context)
{
    const int error = errno;
    const bool isAccess = info->si_code > 0; // else somebody sent it
    if (isAccess && coverPage(reinterpret_cast<std::uintptr_t>(info->si_addr))) {
        errno = error;
        return;
    }
    if ((before.sa_flags & SA_SIGINFO) != 0 && before.sa_sigaction) {
        before.sa_sigaction(signal, info, context);
        return;
    }
    sigaction(signal, &before, nullptr);
    raise(signal); // blocked until this returns
}

void installHandler()
{
    static const bool installed = [] {
        pageSize = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
        struct sigaction action = {};
        action.sa_sigaction = onBusError;
        action.sa_flags = SA_SIGINFO;
        sigemptyset(&action.sa_mask);
        return sigaction(SIGBUS, &action, &before) == 0;
    }();
    if (!installed)
        throw CtfError("a file that becomes shorter could not be noticed");
}

std::size_t watch(const std::uint8_t *begin, std::size_t size, std::atomic<bool> &shrank)
{
    installHandler();
    const std::lock_guard lock(watching);
    const auto free = std::ranges::find_if(watched, [](const Watched &file) { return file.begin.load() == 0; });
    if (free == watched.end())
        throw CtfError("too many files are open");
    const auto address = reinterpret_cast<std::uintptr_t>(begin);
    free->shrank = &shrank;
    free->end = address + (size + pageSize - 1) / pageSize * pageSize;
    free->begin = address;
    return static_cast<std::size_t>(free - watched.begin());
}

void unwatch(std::size_t slot)
{
    const std::lock_guard lock(watching);
    watched[slot].begin = 0;
    watched[slot].shrank = nullptr;
}

struct OpenFile {
    int number = -1;
    ~OpenFile() { ::close(number); }
};

[[noreturn]] void fail(const std::string &path, const char *cause)
{
    throw CtfError(path + ": " + cause);
}

} // namespace

MappedFile::MappedFile(const std::string &path, std::uint64_t limit)
{
    const OpenFile file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
    struct stat status = {};
    if (file.number < 0 || fstat(file.number, &status) != 0)
        fail(path, std::strerror(errno));
    if (!S_ISREG(status.st_mode))
        fail(path, "it is no regular file");
    m_size = static_cast<std::size_t>(std::min(limit, static_cast<std::uint64_t>(status.st_size)));
    if (m_size > 0)
        map(file.number, path);
}

void MappedFile::map(int file, const std::string &path)
{
    void *memory = mmap(nullptr, m_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (memory == MAP_FAILED)
        fail(path, std::strerror(errno));
    m_begin = static_cast<const std::uint8_t *>(memory);
    madvise(memory, m_size, MADV_SEQUENTIAL);
    try {
        m_slot = watch(m_begin, m_size, m_shrank);
    } catch (...) {
        munmap(memory, m_size);
        throw;
    }
}

void MappedFile::letGo(std::size_t before) const
{
    constexpr std::size_t kStep = 1u << 20; // a multiple of all sizes of pages
    const std::size_t to = before / kStep * kStep;
    if (to < m_letGo)
        m_letGo = 0; // it is read anew
    if (to <= m_letGo)
        return;
    madvise(const_cast<std::uint8_t *>(m_begin) + m_letGo, to - m_letGo, MADV_DONTNEED);
    m_letGo = to;
}

MappedFile::~MappedFile()
{
    if (m_size == 0)
        return;
    unwatch(m_slot);
    munmap(const_cast<std::uint8_t *>(m_begin), m_size);
}

} // namespace exitscope::ctf
