// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/repeated_trace.h"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <vector>

namespace exitscope::testing {

namespace {

namespace fs = std::filesystem;

constexpr unsigned kShift = 33; // times of 27 and of 32 bits stay as they are
constexpr std::uint32_t kMagic = 0xc1fc1fc1;
// Where LTTng's packets of x86 have their header and context.
constexpr std::size_t kBeginAt = 32, kEndAt = 40, kPacketBits = 56, kNumber = 64, kEvents = 84;

template <typename T>
T readAt(const std::string &bytes, std::size_t at)
{
    T value;
    if (bytes.size() < at + sizeof value)
        throw std::runtime_error("a packet that is too short");
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

void add(std::string &bytes, std::size_t at, std::uint64_t more)
{
    const std::uint64_t value = readAt<std::uint64_t>(bytes, at) + more;
    std::memcpy(bytes.data() + at, &value, sizeof value);
}

// A packet, and where events tell their whole time: behind an id of all ones and their true id.
struct Packet {
    std::string bytes;
    std::vector<std::size_t> times;
};

Packet packetOf(std::string bytes)
{
    constexpr std::uint32_t kMostEvents = 4096; // a kernel declares fewer
    constexpr std::uint64_t kSecond = 1'000'000'000;
    const auto begin = readAt<std::uint64_t>(bytes, kBeginAt), end = readAt<std::uint64_t>(bytes, kEndAt);
    Packet packet;
    for (std::size_t at = bytes.find("\xff\xff", kEvents); at != std::string::npos && at + 14 <= bytes.size();
         at = bytes.find("\xff\xff", at + 1)) {
        const auto id = readAt<std::uint32_t>(bytes, at + 2);
        const auto time = readAt<std::uint64_t>(bytes, at + 6);
        if (id < kMostEvents && time + kSecond >= begin && time <= end)
            packet.times.push_back(at + 6);
    }
    packet.bytes = std::move(bytes);
    return packet;
}

std::vector<Packet> packetsOf(const fs::path &file)
{
    std::ifstream in(file, std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(in), {}};
    std::vector<Packet> packets;
    for (std::size_t at = 0; at < all.size(); at += packets.back().bytes.size()) {
        if (readAt<std::uint32_t>(all, at) != kMagic)
            throw std::runtime_error(file.string() + " is no stream of LTTng's");
        const std::uint64_t bytes = readAt<std::uint64_t>(all, at + kPacketBits) / 8;
        if (bytes == 0 || bytes > all.size() - at)
            throw std::runtime_error(file.string() + " is cut");
        packets.push_back(packetOf(all.substr(at, bytes)));
    }
    if (!packets.empty()
        && readAt<std::uint64_t>(packets.back().bytes, kEndAt) - readAt<std::uint64_t>(packets.front().bytes, kBeginAt)
            >= std::uint64_t{1} << kShift)
        throw std::runtime_error(file.string() + " is too long to be repeated");
    return packets;
}

} // namespace

void repeatTrace(const std::string &from, const std::string &directory, std::uint64_t times)
{
    fs::create_directories(directory);
    fs::copy_file(fs::path(from) / "metadata", fs::path(directory) / "metadata");
    for (const fs::directory_entry &entry : fs::directory_iterator(from)) {
        if (!entry.is_regular_file() || entry.path().filename() == "metadata")
            continue;
        std::vector<Packet> packets = packetsOf(entry.path());
        std::ofstream out(fs::path(directory) / entry.path().filename(), std::ios::binary);
        for (std::uint64_t time = 0; time < times; ++time)
            for (Packet &packet : packets) {
                out.write(packet.bytes.data(), static_cast<std::streamsize>(packet.bytes.size()));
                add(packet.bytes, kBeginAt, std::uint64_t{1} << kShift);
                add(packet.bytes, kEndAt, std::uint64_t{1} << kShift);
                add(packet.bytes, kNumber, packets.size());
                for (const std::size_t at : packet.times)
                    add(packet.bytes, at, std::uint64_t{1} << kShift);
            }
        if (!out.flush())
            throw std::runtime_error(directory + " cannot be written");
    }
}

} // namespace exitscope::testing
