using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>What droplets send each other: underlay headers, Geneve, the four options in every state they have, in the layout the settings speak, or in the other.</summary>
internal sealed class TunnelFrames(FuzzRandom random, Palette palette, InterfaceConfig own)
{
    private const int Bytes = 114;
    private const int OptionsAt = 50;

    public byte[] Around(Vni vni, byte[] carried)
    {
        byte[] frame = new byte[Bytes + carried.Length];
        carried.CopyTo(frame, Bytes);
        bool standard = palette.Settings.Has(Switches.StandardOptions) != random.Chance(1, 25);
        Ethernet(frame);
        Ipv4Udp(frame);
        Geneve(frame, vni);
        Rts(frame.AsSpan(OptionsAt, 16), standard, frame);
        Scaled(frame.AsSpan(OptionsAt + 16, 32), standard);
        Label(frame.AsSpan(OptionsAt + 48, 8), 0x50, standard);
        Label(frame.AsSpan(OptionsAt + 56, 8), 0x51, standard);
        return frame;
    }

    private void Ethernet(Span<byte> frame)
    {
        (random.Chance(19, 20) ? own.Mac : palette.AMac(random)).Write(frame);
        palette.AMac(random).Write(frame[6..]);
        frame[12] = 0x08;
    }

    private void Ipv4Udp(Span<byte> frame)
    {
        Span<byte> ip = frame[14..], udp = frame[34..];
        ip[0] = 0x45;
        ip[1] = random.Below(6) switch { 0 => (byte)(0x28 | random.Below(4)), 1 => random.Byte(), _ => 0x28 };
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(frame.Length - 14));
        ip[6] = random.Chance(1, 3) ? (byte)0x40 : (byte)0;
        ip[8] = random.Below(6) switch { 0 => 1, 1 => 2, 2 => random.Byte(), _ => 64 };
        ip[9] = (byte)IpProtocol.Udp;
        (random.Chance(1, 30) ? own.Address : palette.AHost(random)).Write(ip[12..]);
        (random.Chance(40, 41) ? own.Address : palette.AHost(random)).Write(ip[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(udp, (ushort)(49152 + random.Below(16384)));
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], 6081);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)(frame.Length - 34));
        HeaderRepair.Ipv4(ip);
    }

    private static void Geneve(Span<byte> frame, Vni vni)
    {
        frame[42] = 16;
        frame[44] = 0x65;
        frame[45] = 0x58;
        BinaryPrimitives.WriteUInt32BigEndian(frame[46..], vni.OnWire << 8);
    }

    /// <summary>Set, reset, or returned, with any of its flags.</summary>
    private void Rts(Span<byte> option, bool standard, Span<byte> frame)
    {
        Class(option, standard);
        int kind = random.Below(10);
        option[2] = kind switch { 0 when standard => 0xC8, < 3 when !standard => 0, _ => 0x48 };
        option[3] = standard || option[2] != 0 ? (byte)3 : (byte)0;
        if (option[2] == 0xC8)
        {
            frame[43] |= 0x40;
        }
        if (standard && random.Chance(1, 2))
        {
            option[4] = (byte)random.Below(16);
        }
        if (option[2] != 0 && kind != 1)
        {
            (random.Chance(1, 15) ? own.Address : palette.AHost(random)).Write(option[5..]);
            palette.AMac(random).Write(option[9..]);
        }
    }

    private void Scaled(Span<byte> option, bool standard)
    {
        Class(option, standard);
        bool active = random.Chance(1, 5);
        if (standard || active)
        {
            option[2] = 0x49;
            option[3] = 7;
        }
        if (!active)
        {
            return;
        }
        option[4] = (byte)'M';
        palette.AnInner(random).Write(option[5..]);
        palette.AnInner(random).Write(option[9..]);
        BinaryPrimitives.WriteUInt16BigEndian(option[13..], palette.APort(random));
        BinaryPrimitives.WriteUInt16BigEndian(option[15..], palette.APort(random));
        palette.AMac(random).Write(option[17..]);
        palette.AMac(random).Write(option[23..]);
    }

    private void Label(Span<byte> option, byte type, bool standard)
    {
        Class(option, standard);
        option[2] = type;
        option[3] = 1;
        uint label = random.Chance(1, 2) ? 0 : (uint)random.Below(4);
        if (standard)
        {
            BinaryPrimitives.WriteUInt32BigEndian(option[4..], label);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(option[4..], label);
        }
    }

    private static void Class(Span<byte> option, bool standard) => (option[0], option[1]) = standard ? ((byte)0x01, (byte)0x11) : ((byte)0x11, (byte)0x01);
}
