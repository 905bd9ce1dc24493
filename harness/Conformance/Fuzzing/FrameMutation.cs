using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>
/// Changes a frame in its buffer: fields of any layer by what they mean, raw bytes and bits, its end. Mostly lengths and checksums are made right again, for else
/// every other fault would hide behind them. Allocates nothing.
/// </summary>
internal sealed class FrameMutation(FuzzRandom random, Palette palette)
{
    /// <summary>Longest frame it makes.</summary>
    public const int Most = 2048;

    private const int Inner = 114;

    private readonly byte[] buffer = new byte[Most];

    /// <summary>The template as it is, or changed in a few places.</summary>
    /// <returns>The frame; valid until the next.</returns>
    public Span<byte> Apply(in FrameTemplate template)
    {
        int length = Math.Min(template.Bytes.Length, Most);
        template.Bytes.AsSpan(0, length).CopyTo(buffer);
        int changes = random.Below(8) switch { < 3 => 0, < 6 => 1, 6 => 2, _ => random.Between(3, 6) };
        for (; changes > 0; changes--)
        {
            length = Change(template.Program, length);
        }
        return buffer.AsSpan(0, length);
    }

    private int Change(ProgramId program, int length)
    {
        Span<byte> frame = buffer.AsSpan(0, length);
        int inner = program == ProgramId.Agent ? 0 : Inner;
        switch (random.Below(11))
        {
            case 0:
                return Resize(frame, program);
            case 1:
                Flip(frame);
                return length;
            case 2 when inner > 0:
                ChangeOuter(frame);
                break;
            case 3 or 4 when inner > 0:
                ChangeGeneve(frame);
                break;
            default:
                ChangeInner(frame.Length > inner ? frame[inner..] : []);
                break;
        }
        if (random.Chance(9, 10))
        {
            Repair(frame, inner);
        }
        return length;
    }

    /// <summary>Shorter, mostly where a header ends, or longer; from 14 bytes, for a test run takes no fewer.</summary>
    private int Resize(Span<byte> frame, ProgramId program)
    {
        int length = random.Below(4) switch
        {
            0 => random.Between(14, frame.Length + 1),
            1 => frame.Length - random.Below(9),
            2 => (program == ProgramId.Agent ? 0 : Inner) + random.Between(0, 60),
            _ => frame.Length + random.Below(20),
        };
        length = Math.Clamp(length, 14, Most);
        if (length > frame.Length)
        {
            buffer.AsSpan(frame.Length, length - frame.Length).Fill(random.Byte());
        }
        Span<byte> resized = buffer.AsSpan(0, length);
        if (program == ProgramId.Transit && random.Chance(2, 3))
        {
            HeaderRepair.Outer(resized);
            HeaderRepair.Ipv4(resized[14..]);
        }
        return length;
    }

    private void Flip(Span<byte> frame)
    {
        for (int i = random.Between(1, 4); i > 0; i--)
        {
            int at = random.Below(Math.Min(frame.Length, 190));
            frame[at] = random.Chance(1, 2) ? random.Byte() : (byte)(frame[at] ^ 1 << random.Below(8));
        }
    }

    private void ChangeOuter(Span<byte> frame)
    {
        if (frame.Length < 42)
        {
            return;
        }
        switch (random.Below(12))
        {
            case 0:
                frame[22] = (byte)random.Below(4);
                break;
            case 1:
                frame[15] = random.Byte();
                break;
            case 2:
                palette.AHost(random).Write(frame[26..]);
                break;
            case 3:
                palette.AHost(random).Write(frame[30..]);
                break;
            case 4:
                frame[14] = (byte)(random.Chance(1, 2) ? 0x40 | random.Below(16) : random.Byte());
                break;
            case 5:
                BinaryPrimitives.WriteUInt16BigEndian(frame[20..], random.Of<ushort>([0x2000, 0x4000, 0x8000, 1, 0x2001]));
                break;
            case 6:
                frame[23] = (byte)Palette.AProtocol(random);
                break;
            case 7:
                BinaryPrimitives.WriteUInt16BigEndian(frame[36..], palette.APort(random));
                break;
            case 8:
                BinaryPrimitives.WriteUInt16BigEndian(frame[random.Of([16, 38, 40])..], random.Chance(1, 2) ? random.Word() : (ushort)(frame.Length - random.Between(10, 40)));
                break;
            case 9:
                BinaryPrimitives.WriteUInt16BigEndian(frame[12..], random.Of<ushort>([0x0806, 0x86DD, 0x8100, 0x0800]));
                break;
            case 10:
                palette.AMac(random).Write(frame[(6 * random.Below(2))..]);
                break;
            default:
                frame[24] ^= random.Byte(); // the checksum, which the repair may put right
                break;
        }
    }

    private void ChangeGeneve(Span<byte> frame)
    {
        if (frame.Length < Inner)
        {
            return;
        }
        switch (random.Below(11))
        {
            case 0:
                frame[42] = random.Chance(1, 2) ? random.Byte() : (byte)random.Below(64);
                break;
            case 1:
                frame[43] = random.Chance(1, 2) ? random.Byte() : (byte)(1 << random.Below(8));
                break;
            case 2:
                BinaryPrimitives.WriteUInt32BigEndian(frame[46..], palette.AVni(random).OnWire << 8 | (random.Chance(1, 4) ? random.Byte() : 0u));
                break;
            case 3:
                BinaryPrimitives.WriteUInt16BigEndian(frame[44..], random.Of<ushort>([0x0800, 0x6558, 0x86DD]));
                break;
            case 4:
                frame[52] = random.Of<byte>([0x48, 0xC8, 0, 0x49, 0x08]);
                frame[43] = random.Chance(1, 2) ? (byte)(frame[43] | (frame[52] & 0x80) >> 1) : frame[43];
                break;
            case 5:
                frame[54] = random.Chance(3, 4) ? (byte)random.Below(16) : random.Byte();
                break;
            case 6:
                (random.Chance(1, 5) ? Ipv4Address.Any : palette.AHost(random)).Write(frame[55..]);
                break;
            case 7:
                frame[70] = random.Of<byte>([0x4D, 0, 0x4D, random.Byte()]);
                frame[68] = random.Of<byte>([0x49, 0x49, 0, random.Byte()]);
                break;
            case 8:
                // Class, type or length of one of the four.
                frame[random.Of([50, 66, 98, 106]) + random.Below(4)] = random.Of<byte>([0x01, 0x11, 0x48, 0x49, 0x50, 0x51, 0, 1, 3, 7, random.Byte()]);
                break;
            case 9:
                BinaryPrimitives.WriteUInt32BigEndian(frame[random.Of([102, 110])..], (uint)random.Below(5) << random.Of([0, 24]));
                break;
            default:
                palette.AnInner(random).Write(frame[random.Of([71, 75])..]);
                break;
        }
    }

    private void ChangeInner(Span<byte> frame)
    {
        if (frame.Length < 42)
        {
            return;
        }
        if (random.Chance(1, 14))
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame[12..], random.Of<ushort>([0x0800, 0x0806, 0x86DD, 0x8100, random.Word()]));
        }
        if (BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == 0x0806)
        {
            ChangeArp(frame);
            return;
        }
        switch (random.Below(14))
        {
            case 0:
                palette.AnInner(random).Write(frame[26..]);
                break;
            case 1:
                palette.AnInner(random).Write(frame[30..]);
                break;
            case 2:
                frame[22] = (byte)random.Below(4);
                break;
            case 3:
                frame[15] = random.Byte();
                break;
            case 4:
                frame[14] = (byte)(random.Chance(2, 3) ? 0x40 | random.Below(16) : random.Byte());
                break;
            case 5:
                BinaryPrimitives.WriteUInt16BigEndian(frame[20..], random.Of<ushort>([0x2000, 0x4000, 0x8000, 1, 0x2001, random.Word()]));
                break;
            case 6:
                frame[23] = (byte)Palette.AProtocol(random);
                break;
            case 7:
                BinaryPrimitives.WriteUInt16BigEndian(frame[16..], random.Chance(1, 2) ? random.Word() : (ushort)random.Below(frame.Length + 4));
                break;
            case 8 or 9:
                BinaryPrimitives.WriteUInt16BigEndian(frame[random.Of([34, 36])..], palette.APort(random));
                break;
            case 10:
                frame[random.Of([38, 39, 40, 41])] = random.Byte();
                break;
            case 11 when frame.Length > 48:
                frame[47] = random.Chance(2, 3) ? (byte)(1 << random.Below(6)) : random.Byte();
                break;
            case 12 when frame.Length > 48:
                frame[46] = random.Byte();
                break;
            default:
                (random.Chance(1, 6) ? MacAddress.Broadcast : palette.AMac(random)).Write(frame[(6 * random.Below(2))..]);
                break;
        }
    }

    private void ChangeArp(Span<byte> frame)
    {
        switch (random.Below(6))
        {
            case 0:
                (random.Chance(1, 4) ? Ipv4Address.Any : palette.AnInner(random)).Write(frame[28..]);
                break;
            case 1:
                palette.AnInner(random).Write(frame[38..]);
                break;
            case 2:
                frame[21] = (byte)random.Below(4);
                break;
            case 3:
                frame[14 + random.Below(6)] = random.Byte();
                break;
            default:
                palette.AMac(random).Write(frame[random.Of([22, 32])..]);
                break;
        }
    }

    private void Repair(Span<byte> frame, int inner)
    {
        if (inner > 0 && frame.Length >= 34)
        {
            HeaderRepair.Ipv4(frame[14..]);
        }
        if (frame.Length >= inner + 34 && BinaryPrimitives.ReadUInt16BigEndian(frame[(inner + 12)..]) == 0x0800)
        {
            if (random.Chance(1, 6))
            {
                HeaderRepair.Ipv4Length(frame[(inner + 14)..]);
            }
            HeaderRepair.Ipv4(frame[(inner + 14)..]);
        }
    }
}
