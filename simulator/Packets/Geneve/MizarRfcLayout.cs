using System.Buffers.Binary;

namespace MizarLab.Packets;

/// <summary>
/// Mizar's options as RFC 8926 wants them: class 0x0111 in network order, true lengths, labels in network order, in any order
/// among options of other classes. An option with nothing to say is not there: RTS when reset, scaled when idle, a label
/// when 0. The data of each option lies as in <see cref="MizarFixedLayout"/>.
/// </summary>
public static class MizarRfcLayout
{
    /// <summary>The option class upstream means (spec §2.5).</summary>
    public const ushort Class = 0x0111;

    /// <summary>Bytes of the options that have something to say: 0 to 64.</summary>
    public static int LengthOf(in MizarOptions options) =>
        (options.Rts is null ? 0 : 4 + (MizarFixedLayout.RtsWords * 4))
        + (options.Scaled is null ? 0 : 4 + (MizarFixedLayout.ScaledWords * 4))
        + (options.PodLabel == 0 ? 0 : 8)
        + (options.NamespaceLabel == 0 ? 0 : 8);

    /// <summary>Writes <see cref="LengthOf"/> bytes and returns how many.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="destination"/> is shorter.</exception>
    public static int Write(in MizarOptions options, Span<byte> destination)
    {
        Span<byte> fixedLayout = stackalloc byte[MizarFixedLayout.Length];
        MizarFixedLayout.Write(options, fixedLayout);
        int position = 0;
        if (options.Rts is not null)
        {
            position += WriteOption(destination[position..], MizarOptions.RtsType, fixedLayout[(MizarFixedLayout.RtsOffset + 4)..MizarFixedLayout.ScaledOffset]);
        }
        if (options.Scaled is not null)
        {
            position += WriteOption(destination[position..], MizarOptions.ScaledType, fixedLayout[(MizarFixedLayout.ScaledOffset + 4)..MizarFixedLayout.PodLabelOffset]);
        }
        position += WriteLabel(destination[position..], MizarOptions.PodLabelType, options.PodLabel);
        return position + WriteLabel(destination[position..], MizarOptions.NamespaceLabelType, options.NamespaceLabel);
    }

    /// <summary>Walks the TLVs; options of other classes and types are passed over, of two equal ones the last counts.</summary>
    /// <param name="bytes">All option bytes of a Geneve header.</param>
    /// <param name="options">What Mizar's options among them say; default on failure.</param>
    /// <returns>False when an option runs over the end, or one of Mizar's has another length than it must.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out MizarOptions options)
    {
        options = default;
        MizarOptions found = default;
        var walk = new GeneveOptionWalk(bytes);
        while (walk.MoveNext())
        {
            GeneveOptionView option = walk.Current;
            if (option.Class == Class && !TryTake(option, ref found))
            {
                return false;
            }
        }
        if (walk.IsBroken)
        {
            return false;
        }
        options = found;
        return true;
    }

    private static bool TryTake(GeneveOptionView option, ref MizarOptions options)
    {
        // The fixed layout's readers are the one place that knows where each datum lies.
        Span<byte> fixedLayout = stackalloc byte[MizarFixedLayout.Length];
        MizarFixedLayout.Write(default, fixedLayout);
        (int place, byte words) = option.Type switch
        {
            MizarOptions.RtsType => (MizarFixedLayout.RtsOffset, MizarFixedLayout.RtsWords),
            MizarOptions.ScaledType => (MizarFixedLayout.ScaledOffset, MizarFixedLayout.ScaledWords),
            MizarOptions.PodLabelType => (MizarFixedLayout.PodLabelOffset, MizarFixedLayout.LabelWords),
            MizarOptions.NamespaceLabelType => (MizarFixedLayout.NamespaceLabelOffset, MizarFixedLayout.LabelWords),
            _ => (-1, (byte)0),
        };
        if (place < 0)
        {
            return true;
        }
        if (option.Words != words)
        {
            return false;
        }
        fixedLayout[place + MizarFixedLayout.TypeInOption] = option.Type;
        option.Data.CopyTo(fixedLayout[(place + MizarFixedLayout.DataInOption)..]);
        if (!MizarFixedLayout.TryParse(fixedLayout, out MizarOptions one))
        {
            return false;
        }
        options = option.Type switch
        {
            MizarOptions.RtsType => options with { Rts = one.Rts },
            MizarOptions.ScaledType => options with { Scaled = one.Scaled },
            MizarOptions.PodLabelType => options with { PodLabel = BinaryPrimitives.ReadUInt32BigEndian(option.Data) },
            _ => options with { NamespaceLabel = BinaryPrimitives.ReadUInt32BigEndian(option.Data) },
        };
        return true;
    }

    private static int WriteLabel(Span<byte> destination, byte type, uint label)
    {
        if (label == 0)
        {
            return 0;
        }
        Span<byte> data = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(data, label);
        return WriteOption(destination, type, data);
    }

    private static int WriteOption(Span<byte> destination, byte type, ReadOnlySpan<byte> data)
    {
        data.CopyTo(destination[GeneveOptionView.HeaderLength..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination, Class);
        destination[GeneveOptionView.TypeOffset] = type;
        destination[GeneveOptionView.LengthOffset] = (byte)(data.Length / 4);
        return GeneveOptionView.HeaderLength + data.Length;
    }
}
