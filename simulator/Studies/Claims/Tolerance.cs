namespace MizarLab.Studies;

/// <summary>How near a measured value must be to what is claimed.</summary>
public abstract record Tolerance
{
    /// <summary>Numbers that are equal but for the rounding of how they were computed.</summary>
    public const double Rounding = 1e-12;

    /// <summary>The bounds, both included.</summary>
    /// <param name="value">What is claimed; a range of its own bounds does not look at it.</param>
    /// <param name="standardError">Of what was measured.</param>
    public abstract (double Low, double High) Around(double value, double standardError, NameLookup names);

    /// <summary>Equal but for rounding.</summary>
    public sealed record Exactly : Tolerance
    {
        public override (double Low, double High) Around(double value, double standardError, NameLookup names) =>
            (value - (Math.Abs(value) * Rounding), value + (Math.Abs(value) * Rounding));
    }

    /// <summary>So many standard errors.</summary>
    /// <param name="Deviation">The standard deviation of one replication where theory knows it; null: as the replications show it.</param>
    public sealed record Sigma(double Count, Expression? Deviation) : Tolerance
    {
        public override (double Low, double High) Around(double value, double standardError, NameLookup names)
        {
            double slack = (Count * standardError) + (Math.Abs(value) * Rounding);
            return (value - slack, value + slack);
        }
    }

    /// <summary>A share of what is claimed.</summary>
    public sealed record Relative(double Share) : Tolerance
    {
        public override (double Low, double High) Around(double value, double standardError, NameLookup names) =>
            (value - (Math.Abs(value) * Share), value + (Math.Abs(value) * Share));
    }

    /// <summary>In the measure's unit.</summary>
    public sealed record Absolute(double Slack) : Tolerance
    {
        public override (double Low, double High) Around(double value, double standardError, NameLookup names) => (value - Slack, value + Slack);
    }

    /// <summary>Bounds of their own.</summary>
    public sealed record Range(Expression Low, Expression High) : Tolerance
    {
        public override (double Low, double High) Around(double value, double standardError, NameLookup names) => (Low.Number(names), High.Number(names));
    }

    /// <summary><c>8</c> or <c>7.9 … 8.1</c>.</summary>
    public static string Bounds(double low, double high) => high - low <= 4 * Rounding * Math.Abs(high) ? Claim.Shown((low + high) / 2) : $"{Estimate.Bound(low, high - low)} … {Estimate.Bound(high, high - low)}";
}
