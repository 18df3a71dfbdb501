// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/uuid_text.h"

namespace exitscope::ctf {

namespace {

constexpr std::size_t kTextLength = 36;

bool isDash(std::size_t at)
{
    return at == 8 || at == 13 || at == 18 || at == 23;
}

} // namespace

std::string uuidText(const std::array<std::uint8_t, 16> &uuid)
{
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : uuid) {
        if (isDash(text.size()))
            text += '-';
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::string canonicalUuid(std::string text)
{
    if (text.size() != kTextLength)
        return {};
    for (std::size_t i = 0; i < text.size(); ++i) {
        char &c = text[i];
        if (c >= 'A' && c <= 'F')
            c = static_cast<char>(c - 'A' + 'a');
        const bool isDigit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (isDash(i) ? c != '-' : !isDigit)
            return {};
    }
    return text;
}

std::string canonicalUid(std::string text)
{
    std::string uuid = canonicalUuid(text);
    return uuid.empty() ? std::move(text) : uuid;
}

} // namespace exitscope::ctf
