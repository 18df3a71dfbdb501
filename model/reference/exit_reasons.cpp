// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/reference/exit_reasons.h"

#include <algorithm>
#include <limits>

#include "model/record/target.h"
#include "model/reference/tables.h"

namespace exitscope {

namespace {

std::map<ReasonKey, ExitReason> loadReasons()
{
    enum Column { Isa, Number, Name, Meaning, Class };
    std::map<ReasonKey, ExitReason> result;
    for (const QStringList &row : tableRows(QStringLiteral("exit-reasons.csv"))) {
        const ReasonKey key{row.at(Isa).toUInt(), row.at(Number).toLongLong()};
        const bool halts = row.at(Class) == QLatin1String("halt");
        result.emplace(key, ExitReason{key, row.at(Name), row.at(Meaning), row.at(Class), halts});
    }
    return result;
}

const std::map<ReasonKey, ExitReason> &knownReasons()
{
    static const std::map<ReasonKey, ExitReason> reasons = loadReasons();
    return reasons;
}

std::map<std::int32_t, QString> loadUserspaceExits()
{
    enum Column { Number, Name };
    std::map<std::int32_t, QString> result;
    for (const QStringList &row : tableRows(QStringLiteral("userspace-exits.csv")))
        result.emplace(row.at(Number).toInt(), row.at(Name));
    return result;
}

std::optional<std::uint64_t> codeNumber(const QString &text)
{
    bool ok = false;
    std::uint64_t code = 0;
    if (text.startsWith(QLatin1String("0x"), Qt::CaseInsensitive))
        code = text.mid(2).toULongLong(&ok, 16);
    else if (text.startsWith(QLatin1Char('-')))
        code = std::uint64_t(text.toLongLong(&ok));
    else
        code = text.toULongLong(&ok);
    return ok ? std::optional(code) : std::nullopt;
}

// A code, or the value as a trace records it.
std::optional<ReasonKey> numericReason(const QString &text)
{
    const qsizetype colon = text.indexOf(QLatin1Char(':'));
    if (colon < 0)
        return std::nullopt;
    bool isaOk = false;
    const std::uint32_t isa = text.left(colon).toUInt(&isaOk);
    const std::optional<std::uint64_t> code = codeNumber(text.mid(colon + 1));
    return isaOk && code ? std::optional(reasonKey(isa, *code)) : std::nullopt;
}

ExitReason furtherReasons()
{
    return {ReasonKey{0, std::numeric_limits<std::int64_t>::max()}, QStringLiteral("further-reasons"),
        QStringLiteral("More different exit reasons than can be told apart; the trace is probably damaged"),
        QStringLiteral("other"), false};
}

} // namespace

ReasonKey reasonKey(std::uint32_t isa, std::uint64_t recordedReason)
{
    constexpr std::uint64_t kSvmInvalid = 0xffffffff; // -1 in a field of 32 bits
    if (isa == kIsaVmx)
        return {isa, std::int64_t(recordedReason & kVmxReasonBits)};
    if (isa == kIsaSvm && recordedReason == kSvmInvalid)
        return {isa, -1};
    return {isa, std::int64_t(recordedReason)};
}

QString codeText(ReasonKey key)
{
    constexpr std::int64_t kLastDecimal = 0xffff;
    const QString code = key.code >= -1 && key.code <= kLastDecimal
        ? QString::number(key.code)
        : QString(QStringLiteral("0x") % QString::number(std::uint64_t(key.code), 16));
    return QString::number(key.isa) % QLatin1Char(':') % code;
}

std::vector<ExitReason> knownExitReasons()
{
    std::vector<ExitReason> reasons;
    for (const auto &[key, reason] : knownReasons())
        reasons.push_back(reason);
    return reasons;
}

ExitReason exitReason(ReasonKey key)
{
    const auto known = knownReasons().find(key);
    if (known != knownReasons().end())
        return known->second;
    return {key, codeText(key), {}, QStringLiteral("other"), false};
}

std::vector<ReasonKey> reasonsNamed(const QString &text)
{
    if (const std::optional<ReasonKey> key = numericReason(text))
        return {*key};
    std::vector<ReasonKey> result;
    for (const auto &[key, reason] : knownReasons())
        if (reason.name.compare(text, Qt::CaseInsensitive) == 0)
            result.push_back(key);
    return result;
}

QString userspaceExitName(std::int32_t reason)
{
    static const std::map<std::int32_t, QString> names = loadUserspaceExits();
    const auto known = names.find(reason);
    return known != names.end() ? known->second : QString(QStringLiteral("KVM_EXIT_") % QString::number(reason));
}

std::uint16_t ReasonTable::indexOf(ReasonKey key)
{
    Known &recent = m_recent[static_cast<std::uint64_t>(key.code) % m_recent.size()];
    if (!recent.isThere || recent.key != key)
        recent = {key, lookUp(key), true};
    return recent.index;
}

std::uint16_t ReasonTable::lookUp(ReasonKey key)
{
    constexpr std::size_t kLast = std::numeric_limits<std::uint16_t>::max();
    const auto known = m_index.find(key);
    if (known != m_index.end())
        return known->second;
    if (size() == kLast)
        m_reasons.push_back(furtherReasons());
    if (size() > kLast)
        return std::uint16_t(kLast);
    const auto index = std::uint16_t(size());
    m_reasons.push_back(exitReason(key));
    m_index.emplace(key, index);
    return index;
}

} // namespace exitscope
