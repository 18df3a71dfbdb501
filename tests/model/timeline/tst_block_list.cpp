// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <array>
#include <cstdint>
#include <vector>

#include "model/timeline/block_list.h"

using namespace exitscope;

class TestBlockList : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsOrderOverBlocks();
    void blocksNeverMove();
    void fewValues();
    void lastOnesAreDropped();
    void takenOnesAreFreed();
};

namespace {

using Value = std::array<std::uint32_t, 3>;

constexpr std::uint32_t kMany = 3 * kBlockBytes / sizeof(Value); // more than three blocks hold

BlockList<Value> listOf(std::uint32_t count)
{
    BlockList<Value> list;
    for (std::uint32_t i = 0; i < count; ++i)
        list.append({i, i + 1, i + 2});
    return list;
}

std::size_t residentKib()
{
    QFile file(QStringLiteral("/proc/self/status"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const QByteArray status = file.readAll();
    const qsizetype at = status.indexOf("VmRSS:");
    return status.mid(at + 6).trimmed().split(' ').first().toULong();
}

} // namespace

void TestBlockList::keepsOrderOverBlocks()
{
    BlockList<Value> list = listOf(kMany);
    QCOMPARE(list.size(), std::size_t(kMany));
    for (std::uint32_t i = 0; i < kMany; i += 1000)
        QCOMPARE(list[i][0], i);
    std::uint32_t next = 0;
    list.take([&](const Value &value) {
        QCOMPARE(value[0], next);
        QCOMPARE(value[2], next + 2);
        ++next;
    });
    QCOMPARE(next, kMany);
    QVERIFY(list.empty());
    list.append({5, 6, 7});
    QCOMPARE(list.back()[1], 6U);
}

// They are in no block, until there are more.
void TestBlockList::fewValues()
{
    for (std::uint32_t count = 0; count < 70; ++count) {
        BlockList<Value> list = listOf(count);
        for (std::uint32_t i = 0; i < count; ++i)
            QCOMPARE(list[i][1], i + 1);
        if (count > 0) {
            list.append(list[0]);
            list.dropLast();
            list.dropLast();
            list.append({count - 1, 0, 0});
        }
        std::uint32_t next = 0;
        list.take([&](const Value &value) { QCOMPARE(value[0], next++); });
        QCOMPARE(next, count);
    }
}

void TestBlockList::blocksNeverMove()
{
    BlockList<Value> list = listOf(100);
    const Value *const first = &list[0];
    for (std::uint32_t i = 0; i < kMany; ++i)
        list.append({i, 0, 0});
    QCOMPARE(&list[0], first);
}

// Back over the border of a block and on again.
void TestBlockList::lastOnesAreDropped()
{
    BlockList<Value> list = listOf(kMany);
    while (list.size() > 10)
        list.dropLast();
    QCOMPARE(list.back()[0], 9U);
    for (std::uint32_t i = 10; i < kMany; ++i)
        list.append({i, 0, 0});
    std::uint32_t next = 0;
    list.take([&](const Value &value) { QCOMPARE(value[0], next++); });
    QCOMPARE(next, kMany);
}

// While the rest is read: the columns need the memory.
void TestBlockList::takenOnesAreFreed()
{
    constexpr std::uint32_t kCount = 8 * 1024 * 1024;
    BlockList<Value> list = listOf(kCount); // 96 MiB
    const std::size_t full = residentKib();
    std::uint32_t next = 0;
    std::size_t atHalf = 0;
    list.take([&](const Value &) {
        if (++next == kCount / 2)
            atHalf = residentKib();
    });
    QVERIFY2(full - atHalf > 40 * 1024, qPrintable(QString::number(full) + QLatin1Char(' ') + QString::number(atHalf)));
    QVERIFY(atHalf - residentKib() > 40 * 1024);
}

QTEST_GUILESS_MAIN(TestBlockList)
#include "tst_block_list.moc"
