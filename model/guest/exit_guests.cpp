// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/guest/exit_guests.h"

namespace exitscope {

std::string_view name(GuestCertainty certainty)
{
    constexpr std::string_view names[] = {"no", "thread", "yes"};
    return names[static_cast<std::size_t>(certainty)];
}

QString ExitGuests::text(std::uint32_t label) const
{
    return label == kUnknown ? QStringLiteral("unknown") : m_texts[label];
}

std::optional<std::uint32_t> ExitGuests::labelNamed(const QString &text) const
{
    if (text == this->text(kUnknown))
        return kUnknown;
    const auto known = m_labels.constFind(text);
    return known == m_labels.cend() ? std::nullopt : std::optional(*known);
}

std::uint32_t ExitGuests::label(const QString &text)
{
    const auto known = m_labels.constFind(text);
    if (known != m_labels.cend())
        return *known;
    const auto label = std::uint32_t(m_texts.size());
    m_texts.push_back(text);
    m_labels.insert(text, label);
    return label;
}

} // namespace exitscope
