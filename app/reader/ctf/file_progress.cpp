// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/ctf/file_progress.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "app/reader/ctf/cut_files.h"

namespace exitscope::reader {

namespace {

namespace fs = std::filesystem;

// LTTng's index file: all numbers big-endian; sizes in bits.
constexpr std::uint32_t kIndexMagic = 0xc1f1dcc1;
constexpr std::size_t kIndexHeaderBytes = 16; // magic, major, minor, bytes of an entry
constexpr std::size_t kEntryBytesAt = 12;
constexpr std::size_t kEntrySizeAt = 8;
constexpr std::size_t kBeginTimeAt = 24;
constexpr std::size_t kEndTimeAt = 32;
constexpr std::size_t kMinEntryBytes = 56;
constexpr std::size_t kMaxEntryBytes = 4096;

template <typename T>
T bigEndian(const char *bytes)
{
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        value = static_cast<T>(value << 8 | static_cast<unsigned char>(bytes[i]));
    return value;
}

// What of `size` is done at `at` between `begin` and `end`.
std::uint64_t share(std::uint64_t size, std::uint64_t at, std::uint64_t begin, std::uint64_t end)
{
    if (at <= begin || end <= begin)
        return 0;
    const double done = static_cast<double>(at - begin) / static_cast<double>(end - begin);
    return static_cast<std::uint64_t>(static_cast<double>(size) * std::min(done, 1.0));
}

} // namespace

// False if there is no index that can be read.
bool FileProgress::readIndex(const std::string &path, std::vector<Packet> &packets)
{
    std::ifstream file(path, std::ios::binary);
    char header[kIndexHeaderBytes];
    if (!file.read(header, sizeof header) || bigEndian<std::uint32_t>(header) != kIndexMagic)
        return false;
    const auto entryBytes = bigEndian<std::uint32_t>(header + kEntryBytesAt);
    if (entryBytes < kMinEntryBytes || entryBytes > kMaxEntryBytes)
        return false;
    std::vector<char> entry(entryBytes);
    while (file.read(entry.data(), static_cast<std::streamsize>(entry.size()))) {
        packets.push_back(
            {bigEndian<std::uint64_t>(entry.data() + kBeginTimeAt), bigEndian<std::uint64_t>(entry.data() + kEndTimeAt),
                bigEndian<std::uint64_t>(entry.data() + kEntrySizeAt) / 8, 0});
    }
    return true;
}

FileProgress::FileProgress(const std::string &directory, const std::string &file)
{
    bool indexed = true;
    std::error_code error; // what cannot be listed cannot be opened either: the stream itself tells
    for (const fs::directory_entry &entry : fs::directory_iterator(directory, error)) {
        const std::string name = entry.path().filename().string();
        if ((!file.empty() && name != file) || name == "metadata" || name.starts_with('.')
            || !entry.is_regular_file(error))
            continue;
        ++m_files;
        const std::uint64_t bytes = entry.file_size(error);
        m_totalBytes += error ? 0 : bytesToRead(entry.path().string(), bytes);
        indexed = readIndex(directory + "/index/" + name + ".idx", m_packets) && indexed;
    }
    if (!indexed)
        m_packets.clear();
    std::stable_sort(
        m_packets.begin(), m_packets.end(), [](const Packet &a, const Packet &b) { return a.begin < b.begin; });
    std::uint64_t sum = 0;
    for (Packet &packet : m_packets) {
        packet.bytes = std::min(packet.bytes, m_totalBytes - sum); // an index may be wrong
        packet.bytesBefore = sum;
        sum += packet.bytes;
    }
}

std::uint64_t FileProgress::bytesRead(std::size_t packets, std::uint64_t cycles) const
{
    if (packets >= m_packets.size())
        return m_packets.back().bytesBefore + m_packets.back().bytes;
    const Packet &packet = m_packets[packets];
    return packet.bytesBefore + share(packet.bytes, cycles, packet.begin, packet.end);
}

} // namespace exitscope::reader
