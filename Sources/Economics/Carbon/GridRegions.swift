/// Location-based carbon intensity of the grids of cloud regions, gCO2e/kWh.
///
/// Sources: Google's table of 2024 (GoogleCloudPlatform/region-carbon-info);
/// AWS regions from cloud-carbon-footprint, repository of March 2024.
enum GridRegions {
  /// Google Cloud regions.
  static let gcp: [String: Double] = [
    "africa-south1": 656.85, "asia-east1": 439.29, "asia-east2": 505.02, "asia-northeast1": 452.85,
    "asia-northeast2": 296.19, "asia-northeast3": 356.57, "asia-south1": 678.76, "asia-south2": 531.83,
    "asia-southeast1": 366.85, "asia-southeast2": 560.55, "australia-southeast1": 497.5,
    "australia-southeast2": 454.37, "europe-central2": 642.88, "europe-north1": 39.32,
    "europe-north2": 2.73, "europe-southwest1": 89.04, "europe-west1": 103.37, "europe-west2": 105.94,
    "europe-west3": 275.82, "europe-west4": 208.81, "europe-west6": 15.05, "europe-west8": 201.69,
    "europe-west9": 16.3, "europe-west10": 275.82, "europe-west12": 201.69, "me-central1": 366.0,
    "me-central2": 382.23, "me-west1": 433.75, "northamerica-northeast1": 5.48,
    "northamerica-northeast2": 58.56, "northamerica-south1": 305.0, "southamerica-east1": 67.32,
    "southamerica-west1": 238.0, "us-central1": 412.72, "us-central2": 372.23, "us-east1": 575.77,
    "us-east2": 340.42, "us-east4": 323.05, "us-east5": 323.05, "us-south1": 302.95, "us-west1": 79.23,
    "us-west2": 169.28, "us-west3": 555.17, "us-west4": 357.3,
  ]

  /// AWS regions.
  static let aws: [String: Double] = [
    "us-east-1": 379.07, "us-east-2": 410.61, "us-west-1": 322.17, "us-west-2": 322.17,
    "us-gov-east-1": 379.07, "us-gov-west-1": 322.17, "af-south-1": 900.6, "ap-east-1": 710.0,
    "ap-south-1": 708.2, "ap-northeast-3": 465.8, "ap-northeast-2": 415.6, "ap-southeast-1": 408.0,
    "ap-southeast-2": 760.0, "ap-southeast-3": 717.7, "ap-northeast-1": 465.8, "ca-central-1": 120.0,
    "cn-north-1": 537.4, "cn-northwest-1": 537.4, "eu-central-1": 311.0, "eu-west-1": 278.6,
    "eu-west-2": 225.0, "eu-south-1": 213.4, "eu-west-3": 51.1, "eu-north-1": 8.8, "me-south-1": 505.9,
    "me-central-1": 404.1, "sa-east-1": 61.7,
  ]
}
