using MizarLab.Engine;

namespace MizarLab.Tests.Engine;

public sealed class DataRateTests
{
    /// <summary>Held against the plain formula in 128 bits, on both sides of where 64 bits suffice and up to the largest rate.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000_000_000)]
    [InlineData(10_000_000_000)]
    [InlineData(100_000_000_000)]
    [InlineData(long.MaxValue)]
    public void Time_on_the_wire_is_bits_by_rate_rounded_up(long bitsPerSecond)
    {
        DataRate rate = new(bitsPerSecond);
        foreach (int bytes in new[] { 0, 1, 64, 164, 1500, 1614, 9000, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 1_152_921 })
        {
            Int128 exact = (((Int128)bytes * 8 * 1_000_000_000_000) + bitsPerSecond - 1) / bitsPerSecond;
            Assert.Equal((long)exact, rate.TimeFor(bytes).Picoseconds);
        }
    }

    [Fact]
    public void A_byte_at_a_hundred_gigabit_takes_eighty_picoseconds_and_an_unlimited_link_takes_none()
    {
        Assert.Equal(80, new DataRate(100_000_000_000).TimeFor(1).Picoseconds);
        Assert.Equal(SimTime.Zero, DataRate.Unlimited.TimeFor(1500));
    }
}
