// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/landlock.h"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace exitscope::reader {

namespace {

namespace fs = std::filesystem;

// The kernel's, of any version: the header of the oldest system that this builds on knows only the first field.
struct Ruleset {
    std::uint64_t files = 0;
    std::uint64_t network = 0;
    std::uint64_t scoped = 0;
};

struct Version {
    int from;
    std::size_t bytes; // of the Ruleset
    unsigned fileRights; // their number: they are the lowest bits
    std::uint64_t network;
    std::uint64_t scoped;
};
constexpr std::uint64_t kTcp = 3; // bind, connect
constexpr std::uint64_t kSocketsAndSignals = 3; // to processes outside
constexpr Version kVersions[] = {
    {6, 24, 16, kTcp, kSocketsAndSignals},
    {5, 16, 16, kTcp, 0},
    {4, 16, 15, kTcp, 0},
    {3, 8, 15, 0, 0},
    {2, 8, 14, 0, 0},
    {1, 8, 13, 0, 0},
};

class Descriptor {
public:
    explicit Descriptor(int number) : m_number(number) { }
    ~Descriptor()
    {
        if (m_number >= 0)
            close(m_number);
    }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    int number() const { return m_number; }

private:
    int m_number;
};

[[noreturn]] void fail(const char *what)
{
    throw std::runtime_error(std::string("cannot enter the sandbox: landlock: ") + what + ": " + std::strerror(errno));
}

// What is not there cannot be opened later either: the stream tells it.
void allow(int ruleset, const fs::path &path)
{
    const Descriptor file(open(path.c_str(), O_PATH | O_CLOEXEC));
    struct stat status = {};
    if (file.number() < 0 || fstat(file.number(), &status) != 0)
        return;
    landlock_path_beneath_attr rule = {};
    rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE;
    if (S_ISDIR(status.st_mode))
        rule.allowed_access |= LANDLOCK_ACCESS_FS_READ_DIR;
    rule.parent_fd = file.number();
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
        fail("add_rule");
}

// A directory's own files need no rule each; links lead elsewhere.
void allowLinked(int ruleset, const fs::path &directory)
{
    std::error_code error; // what cannot be listed cannot be opened either
    for (const fs::directory_entry &entry : fs::directory_iterator(directory, error))
        if (entry.is_symlink(error) && entry.is_regular_file(error))
            allow(ruleset, entry.path());
}

} // namespace

int landlockVersion()
{
    const auto version = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return version > 0 ? static_cast<int>(version) : 0;
}

void confineTo(const std::vector<std::string> &paths)
{
    const int has = landlockVersion();
    for (const Version &version : kVersions) {
        if (has < version.from)
            continue;
        const Ruleset wanted{(1ull << version.fileRights) - 1, version.network, version.scoped};
        const Descriptor ruleset(static_cast<int>(syscall(SYS_landlock_create_ruleset, &wanted, version.bytes, 0)));
        if (ruleset.number() < 0)
            fail("create_ruleset");
        for (const std::string &path : paths) {
            allow(ruleset.number(), path);
            allowLinked(ruleset.number(), path);
            allowLinked(ruleset.number(), path + "/index");
        }
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        allow(ruleset.number(), "/proc/self"); // for its reports
#endif
        if (syscall(SYS_landlock_restrict_self, ruleset.number(), 0) != 0)
            fail("restrict_self");
        return;
    }
}

} // namespace exitscope::reader
