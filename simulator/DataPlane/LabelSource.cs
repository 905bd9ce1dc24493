using System.Buffers.Binary;

namespace MizarLab.DataPlane;

/// <summary>Where the sender's labels are to be had from, once somebody asks: the options of a frame off the wire, or an agent on this very droplet.</summary>
internal readonly ref struct LabelSource
{
    private readonly ReadOnlySpan<byte> head;
    private readonly SenderLabels known;
    private readonly bool inFrame;

    private LabelSource(ReadOnlySpan<byte> head, SenderLabels known, bool inFrame)
    {
        this.head = head;
        this.known = known;
        this.inFrame = inFrame;
    }

    /// <summary>Of an encapsulated frame, from its outer Ethernet header on.</summary>
    public static LabelSource Options(ReadOnlySpan<byte> head) => new(head, default, inFrame: true);

    public static LabelSource Of(SenderLabels labels) => new([], labels, inFrame: false);

    /// <summary>The labels; false when an option is cut off, or of another class or type (§3.6 row 2).</summary>
    public bool TryRead(DataPlaneSettings settings, out SenderLabels labels)
    {
        labels = known;
        if (!inFrame)
        {
            return true;
        }
        if (!TryRead(Wire.Outer.PodLabel, Wire.Label.PodType, settings, out uint pod)
            || !TryRead(Wire.Outer.NamespaceLabel, Wire.Label.NamespaceType, settings, out uint @namespace))
        {
            return false;
        }
        labels = new SenderLabels(pod, @namespace);
        return true;
    }

    private bool TryRead(int at, byte type, DataPlaneSettings settings, out uint id)
    {
        id = 0;
        bool standard = settings.Has(Switches.StandardOptions);
        if (head.Length < at + Wire.Label.Length
            || Wire.Read16(head, at + Wire.Option.Class) != (standard ? Wire.Option.StandardClass : Wire.Option.ClassOnWire)
            || head[at + Wire.Option.Type] != type)
        {
            return false;
        }
        ReadOnlySpan<byte> data = head[(at + Wire.Option.Data)..];

        // Upstream writes the id in the order of its machine.
        id = standard ? BinaryPrimitives.ReadUInt32BigEndian(data) : BinaryPrimitives.ReadUInt32LittleEndian(data);
        return true;
    }
}
