namespace MizarLab.DataPlane;

/// <summary>Which data plane is spoken (docs/architecture).</summary>
public enum Dialect : byte
{
    /// <summary>Byte for byte what upstream's programs do, quirks included.</summary>
    Mizar,

    /// <summary>The corrected data plane.</summary>
    Lab,
}
