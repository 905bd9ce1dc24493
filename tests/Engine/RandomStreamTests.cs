using MizarLab.Engine;

namespace MizarLab.Tests.Engine;

public sealed class RandomStreamTests
{
    [Fact]
    public void A_stream_depends_on_seed_and_name_only()
    {
        RandomStream one = new(42, "stack/a/tcp");
        RandomStream other = new(42, "stack/b/tcp");
        ulong[] alone = Take(new RandomStream(42, "stack/a/tcp"), 100);
        ulong[] interleaved = new ulong[100];
        for (int i = 0; i < 100; i++)
        {
            interleaved[i] = one.NextUInt64();
            other.NextUInt64();
        }
        Assert.Equal(alone, interleaved);
        Assert.NotEqual(alone, Take(new RandomStream(43, "stack/a/tcp"), 100));
        Assert.NotEqual(alone, Take(new RandomStream(42, "stack/a/udp"), 100));
    }

    /// <summary>Written down: they may never change, or no old run can be repeated.</summary>
    [Fact]
    public void The_numbers_are_the_same_for_ever() =>
        Assert.Equal(["4483e813d31340f6", "e4afe95a407542f3", "ba1c01225b405c45"], Take(new RandomStream(1, "pinned"), 3).Select(n => n.ToString("x16")));

    [Fact]
    public void A_choice_is_even()
    {
        RandomStream random = new(5, "even");
        int[] counts = new int[7];
        for (int i = 0; i < 70_000; i++)
        {
            counts[random.NextBelow(7)]++;
        }
        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextBelow(0));
    }

    private static ulong[] Take(RandomStream stream, int count) => [.. Enumerable.Range(0, count).Select(_ => stream.NextUInt64())];
}
