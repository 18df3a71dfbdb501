// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/ctf/fixed_files.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <vector>

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// The thread sanitizer maps memory before it is ready to hear of a call.
#define EXITSCOPE_NO_TSAN __attribute__((no_sanitize("thread")))

namespace exitscope::reader {

namespace {

namespace fs = std::filesystem;

struct Fix {
    dev_t device;
    ino_t inode;
    std::uint64_t at; // in the file
    std::string bytes;
};

bool g_hasFixes = false;

std::vector<Fix> &fixes()
{
    static std::vector<Fix> all;
    return all;
}

std::string fromHex(const std::string &text)
{
    std::string bytes;
    for (std::size_t at = 0; at + 2 <= text.size(); at += 2) {
        unsigned value = 0;
        std::from_chars(text.data() + at, text.data() + at + 2, value, 16);
        bytes.push_back(static_cast<char>(value));
    }
    return bytes;
}

// Those that lie in this part of the file.
std::vector<const Fix *> fixesIn(int file, std::uint64_t begin, std::uint64_t end)
{
    std::vector<const Fix *> found;
    struct stat status = {};
    if (file < 0 || fstat(file, &status) != 0)
        return found;
    for (const Fix &fix : fixes())
        if (fix.device == status.st_dev && fix.inode == status.st_ino && fix.at < end
            && begin < fix.at + fix.bytes.size())
            found.push_back(&fix);
    return found;
}

EXITSCOPE_NO_TSAN void *mapped(void *address, std::size_t size, int protection, int flags, int file, off_t offset)
{
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel gives an address
    return reinterpret_cast<void *>(syscall(SYS_mmap, address, size, protection, flags, file, offset));
}

void *mappedFixed(void *address, std::size_t size, int protection, int flags, int file, off_t offset)
{
    const auto begin = static_cast<std::uint64_t>(offset);
    const auto wanted = fixesIn(file, begin, begin + size);
    if (wanted.empty())
        return mapped(address, size, protection, flags, file, offset);
    void *const memory = mapped(address, size, protection | PROT_WRITE, flags, file, offset);
    if (memory == MAP_FAILED)
        return memory;
    for (const Fix *fix : wanted)
        for (std::size_t i = 0; i < fix->bytes.size(); ++i)
            if (fix->at + i >= begin && fix->at + i < begin + size)
                static_cast<char *>(memory)[fix->at + i - begin] = fix->bytes[i];
    mprotect(memory, size, protection);
    return memory;
}

} // namespace

void noteFixes(const std::string &directory)
{
    std::error_code error; // most directories have none
    for (const fs::directory_entry &entry : fs::directory_iterator(directory + "/.fix", error)) {
        struct stat status = {};
        if (stat((directory + "/" + entry.path().filename().string()).c_str(), &status) != 0)
            continue; // it cannot be opened: that is told then
        std::ifstream lines(entry.path());
        std::uint64_t at = 0;
        for (std::string hex; lines >> at >> hex;)
            fixes().push_back({status.st_dev, status.st_ino, at, fromHex(hex)});
    }
    g_hasFixes = !fixes().empty();
}

} // namespace exitscope::reader

// Called by libbabeltrace2 too: the program's own functions come before those of the C library.
extern "C" __attribute__((visibility("default"))) EXITSCOPE_NO_TSAN void *mmap(
    void *address, std::size_t size, int protection, int flags, int file, off_t offset) noexcept
{
    using namespace exitscope::reader;
    if (!g_hasFixes || (flags & MAP_PRIVATE) == 0 || (protection & PROT_EXEC) != 0)
        return mapped(address, size, protection, flags, file, offset);
    return mappedFixed(address, size, protection, flags, file, offset);
}
