using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Engine;

namespace MizarLab.Harness.Bpf;

/// <summary>struct settings of bpf/settings.h.</summary>
internal static class SettingsLayout
{
    public const int Bytes = 104;

    private const int DialectAt = 0, RecordAt = 1, BouncersAt = 2, DividersAt = 3, BackendsAt = 4, LabClockAt = 5, MaglevAt = 6, SwitchesAt = 8;
    private const int DirectPathAt = 16, EstablishedAt = 20, TransientAt = 24, DatagramAt = 28, IcmpErrorsAt = 32, CaptureAt = 36, FixedUsualAt = 37, EndpointMaskAt = 40, PeerMaskAt = 44;
    private const int NatMaskAt = 48, DirectPathMaskAt = 52, ConnectionMaskAt = 56, TranslationMaskAt = 60, ServicePortMaskAt = 64, AgentMaskAt = 68;
    private const int EndpointLastAt = 72, PeerLastAt = 76, ServicePortLastAt = 80, AgentLastAt = 84, NetworkMaskAt = 88, FixedSwitchesAt = 96;

    /// <summary>The switches an object was compiled for, of its settings as they stand in the file; none: for any.</summary>
    public static Switches FixedSwitches(ReadOnlySpan<byte> bytes) => (Switches)BinaryPrimitives.ReadUInt64LittleEndian(bytes[FixedSwitchesAt..]);

    /// <summary>Whether an object was compiled for <see cref="BpfOptions.AreUsual"/> alone.</summary>
    public static bool FixedUsual(ReadOnlySpan<byte> bytes) => bytes[FixedUsualAt] != 0;

    /// <summary>Writes all but what the compiler wrote.</summary>
    public static void Write(BpfOptions options, Span<byte> bytes)
    {
        DataPlaneSettings settings = options.Settings;
        bytes[..FixedUsualAt].Clear();
        bytes[(FixedUsualAt + 1)..FixedSwitchesAt].Clear();
        bytes[DialectAt] = (byte)settings.Dialect;
        bytes[RecordAt] = (byte)options.Recording;
        bytes[BouncersAt] = (byte)settings.BouncerSharding;
        bytes[DividersAt] = (byte)settings.DividerSharding;
        bytes[BackendsAt] = (byte)settings.BackendSharding;
        bytes[LabClockAt] = options.LabClock ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[MaglevAt..], checked((ushort)settings.MaglevSlots));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[SwitchesAt..], (ulong)settings.On);
        WriteTime(bytes[DirectPathAt..], settings.DirectPathLifetime);
        WriteTime(bytes[EstablishedAt..], settings.EstablishedTimeout);
        WriteTime(bytes[TransientAt..], settings.TransientTimeout);
        WriteTime(bytes[DatagramAt..], settings.DatagramTimeout);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[IcmpErrorsAt..], settings.IcmpErrorsPerSecond);
        bytes[CaptureAt] = options.Capture ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[EndpointMaskAt..], FlatSizes.Buckets(FlatSizes.RowsOf(FlatSizes.Endpoints, options)!.Value) - 1);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[PeerMaskAt..], FlatSizes.Buckets(FlatSizes.RowsOf(FlatSizes.Peers, options)!.Value) - 1);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[ServicePortMaskAt..], FlatSizes.Buckets(FlatSizes.RowsOf(FlatSizes.ServicePorts, options)!.Value) - 1);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[NetworkMaskAt..], FlatSizes.Buckets(FlatSizes.RowsOf(FlatSizes.Networks, options)!.Value) - 1);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[NatMaskAt..], LearnedSizes.Mask(LearnedSizes.Nat, options));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[DirectPathMaskAt..], LearnedSizes.Mask(LearnedSizes.DirectPath, options));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[ConnectionMaskAt..], LearnedSizes.Mask(LearnedSizes.Connections, options));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[TranslationMaskAt..], LearnedSizes.Mask(LearnedSizes.Translations, options));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[AgentMaskAt..], AgentSizes.Words(options) - 1);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[EndpointLastAt..], FlatSizes.LastPlace(FlatSizes.Endpoints, options));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[PeerLastAt..], FlatSizes.LastPlace(FlatSizes.Peers, options));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[ServicePortLastAt..], FlatSizes.LastPlace(FlatSizes.ServicePorts, options));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[AgentLastAt..], (AgentSizes.Rows(options) - 1) * Codecs.AgentLayout.Bytes);
    }

    private static void WriteTime(Span<byte> bytes, SimTime time) =>
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, LabClock.Ticks(time));
}
