using System.Collections.Immutable;
using MizarLab.Packets;

namespace MizarLab.Tests.Packets;

/// <summary>Random frames through everything that reads bytes: nothing throws, nothing is lost. A million with MIZARLAB_LONG=1.</summary>
public class FuzzTests
{
    private static int Frames => Environment.GetEnvironmentVariable("MIZARLAB_LONG") == "1" ? 1_000_000 : 20_000;

    [Fact]
    public void TextAndBackGivesTheSameBytes()
    {
        var frames = new RandomFrames(1);
        for (int i = 0; i < Frames; i++)
        {
            byte[] frame = frames.Next();
            string text = PacketText.Format(frame);
            byte[] back = PacketText.Parse(text);
            Assert.True(frame.AsSpan().SequenceEqual(back), $"frame {i}\n{Convert.ToHexStringLower(frame)}\n{text}\n{Convert.ToHexStringLower(back)}");
        }
    }

    [Fact]
    public void DecodedFieldsCoverEveryByteInOrder()
    {
        var frames = new RandomFrames(2);
        for (int i = 0; i < Frames; i++)
        {
            byte[] frame = frames.Next();
            int end = 0;
            foreach (DecodedField field in FrameDecoder.Decode(frame))
            {
                Assert.True(field.Offset <= end && field.Offset + field.Length >= end, $"frame {i}: {field} leaves bytes from {end}\n{Convert.ToHexStringLower(frame)}");
                end = field.Offset + field.Length;
            }
            Assert.Equal(frame.Length, end);
        }
    }

    [Fact]
    public void DiffShowsADifferenceExactlyWhereThereIsOne()
    {
        var frames = new RandomFrames(3);
        byte[] previous = [];
        for (int i = 0; i < Frames / 10; i++)
        {
            byte[] frame = frames.Next();
            ImmutableArray<DiffRow> same = FrameDiff.Compare(frame, frame);
            Assert.DoesNotContain(same, static r => r.Differs);
            Assert.Equal(FrameDecoder.Decode(frame).Length, same.Length);
            bool equal = frame.AsSpan().SequenceEqual(previous);
            Assert.Equal(!equal, FrameDiff.Compare(previous, frame).Any(static r => r.Differs));
            Assert.Equal(!equal, FrameDiff.ToText(previous, frame).Contains('≠'));
            previous = frame;
        }
    }
}
