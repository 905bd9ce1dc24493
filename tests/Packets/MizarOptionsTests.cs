using MizarLab.Packets;

namespace MizarLab.Tests.Packets;

public class MizarOptionsTests
{
    private static readonly RtsOption Rts = new(Ipv4Address.Parse("172.17.0.11"), MacAddress.Parse("02:42:ac:11:00:0b"));

    private static readonly ScaledOption Scaled = new(
        Ipv4Address.Parse("10.0.0.2"), Ipv4Address.Parse("10.0.0.3"), 4000, 8080, MacAddress.Parse("6a:00:00:00:00:02"), MacAddress.Parse("6a:00:00:00:00:64"));

    private static readonly MizarOptions Full = new(Rts, Scaled, 0x01020304, 5);

    private const string FixedWire =
        "1101 48 03 00 ac11000b 0242ac11000b 00" +
        "1101 49 07 4d 0a000002 0a000003 0fa0 1f90 6a0000000002 6a0000000064 000000" +
        "1101 50 01 04030201" +
        "1101 51 01 05000000";

    private const string RfcWire =
        "0111 48 03 00 ac11000b 0242ac11000b 00" +
        "0111 49 07 4d 0a000002 0a000003 0fa0 1f90 6a0000000002 6a0000000064 000000" +
        "0111 50 01 01020304" +
        "0111 51 01 00000005";

    [Theory]
    [InlineData(MizarCodec.FixedLayout, FixedWire)]
    [InlineData(MizarCodec.Rfc8926, RfcWire)]
    public void BothLayoutsAreWrittenAndRead(MizarCodec codec, string hex)
    {
        byte[] wire = Hex(hex);
        Assert.Equal(64, Full.LengthIn(codec));
        byte[] buffer = new byte[68];
        Array.Fill(buffer, (byte)0xA5);
        Full.Write(buffer.AsSpan(2), codec);
        Assert.Equal([0xA5, 0xA5, .. wire, 0xA5, 0xA5], buffer);

        byte[] packet = [.. Hex("10 00 6558 000003 00"), .. wire, 0xA5, 0xA5];
        Assert.True(GeneveView.TryRead(packet, out GeneveView geneve));
        Assert.True(MizarOptions.TryParse(geneve, out MizarOptions parsed, out MizarCodec found));
        Assert.Equal(Full, parsed);
        Assert.Equal(codec, found);
    }

    [Fact]
    public void FixedLayoutKeepsThePlaceOfWhatIsNotThere()
    {
        byte[] wire = new byte[64];
        Array.Fill(wire, (byte)0xA5);
        default(MizarOptions).Write(wire, MizarCodec.FixedLayout);
        Assert.Equal(
            Hex("1101 00 00 000000000000000000000000" + "1101 00 00" + new string('0', 56) + "1101 50 01 00000000" + "1101 51 01 00000000"), wire);
        Assert.True(MizarFixedLayout.TryParse(wire, out MizarOptions parsed));
        Assert.Equal(default, parsed);
    }

    [Fact]
    public void RfcLayoutLeavesOutWhatIsNotThere()
    {
        Assert.Equal(0, default(MizarOptions).LengthIn(MizarCodec.Rfc8926));
        MizarOptions options = new(null, null, 0, 7);
        byte[] wire = new byte[8];
        options.Write(wire, MizarCodec.Rfc8926);
        Assert.Equal(Hex("0111 51 01 00000007"), wire);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(48)]
    [InlineData(56)]
    [InlineData(50)] // pod label's type
    [InlineData(58)] // namespace label's type
    public void FixedLayoutWithAnotherClassOrLabelTypeIsRefused(int offset)
    {
        byte[] wire = Hex(FixedWire);
        wire[offset] ^= 0x80;
        Assert.False(MizarFixedLayout.TryParse(wire, out _));
    }

    [Fact]
    public void FixedLayoutIgnoresLengthsAsReceiversDo()
    {
        byte[] wire = Hex(FixedWire);
        wire[3] = 0xFF;
        wire[19] = 0;
        Assert.True(MizarFixedLayout.TryParse(wire, out MizarOptions parsed));
        Assert.Equal(Full, parsed);
    }

    [Fact]
    public void EveryTruncationIsRefused()
    {
        byte[] wire = Hex(FixedWire);
        byte[] rfc = Hex(RfcWire);
        for (int cut = 0; cut < 64; cut++)
        {
            Assert.False(MizarFixedLayout.TryParse(wire.AsSpan(..cut), out MizarOptions none));
            Assert.Equal(default, none);
            bool between = cut is 0 or 16 or 48 or 56;
            Assert.Equal(between, MizarRfcLayout.TryParse(rfc.AsSpan(..cut), out _));
            Assert.Throws<ArgumentOutOfRangeException>(() => MizarFixedLayout.Write(Full, new byte[cut]));
        }
    }

    [Fact]
    public void RfcLayoutIsWalkedInAnyOrderAmongForeignOptions()
    {
        byte[] wire = Hex(
            "0111 51 01 00000005" + "0102 80 02 deadbeef deadbeef" + "0111 7f 00" + "0111 50 01 01020304" + "0111 48 03 00 ac11000b 0242ac11000b 00");
        Assert.True(MizarRfcLayout.TryParse(wire, out MizarOptions parsed));
        Assert.Equal(new MizarOptions(Rts, null, 0x01020304, 5), parsed);
    }

    [Theory]
    [InlineData("0111 48 02 00 ac11000b 000000")]
    [InlineData("0111 50 00")]
    [InlineData("0111 51 02 00000001 00000000")]
    [InlineData("0111 50 01 01020304 0102 80 1f 00000000")]
    public void RfcLayoutWithAWrongLengthIsRefused(string hex) => Assert.False(MizarRfcLayout.TryParse(Hex(hex), out _));

    [Fact]
    public void WalkEndsAtABrokenOptionAndSaysSo()
    {
        byte[] packet = Hex("04 00 6558 000003 00" + "0102 80 01 deadbeef" + "0103 01 02 00000000");
        Assert.True(GeneveView.TryRead(packet, out GeneveView geneve));
        GeneveOptionWalk walk = geneve.Walk();
        Assert.True(walk.MoveNext());
        Assert.Equal(0x0102, walk.Current.Class);
        Assert.True(walk.Current.IsCritical);
        Assert.Equal(Hex("deadbeef"), walk.Current.Data.ToArray());
        Assert.False(walk.MoveNext());
        Assert.True(walk.IsBroken);
        Assert.False(walk.MoveNext());
    }

    [Fact]
    public void EveryVectorFrameWithMizarsOptionsReadsThem()
    {
        // An independent look at the bytes: spec §2.5's offsets from the start of the frame.
        int read = 0;
        foreach (byte[] frame in VectorFrames.Named.Where(static f => f.Length >= 114 && f[14] == 0x45 && f[36] == 0x17 && f[37] == 0xC1))
        {
            Assert.True(GeneveView.TryRead(frame.AsSpan(42), out GeneveView geneve));
            bool classes = new[] { 50, 66, 98, 106 }.All(o => frame[o] == 0x11 && frame[o + 1] == 1);
            bool labels = frame[100] == 0x50 && frame[108] == 0x51;
            bool parsed = MizarOptions.TryParse(geneve, out MizarOptions options, out MizarCodec codec);
            Assert.Equal(frame[50] == 0x11 && frame[51] == 1, codec == MizarCodec.FixedLayout);
            if (codec == MizarCodec.FixedLayout)
            {
                Assert.Equal(classes && labels, parsed);
                Assert.Equal(parsed && frame[52] == 0x48, options.Rts is not null);
                if (options.Rts is { } rts)
                {
                    Assert.Equal(frame[55..59], BitConverter.GetBytes(rts.Host.WireWord));
                }
                read++;
            }
        }
        Assert.True(read > 100, $"{read} frames");
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", ""));
}
